namespace ServerlessRouter.Configuration;

/// <summary>The names <c>tiers.*.budget.per</c> may have; a period ends at its UTC calendar boundary.</summary>
public static class BudgetPeriods
{
    public const string Hour = "hour";
    public const string Day = "day";
    public const string Month = "month";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Hour, Day, Month];
}
