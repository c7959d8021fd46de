namespace ServerlessRouter.Configuration;

/// <summary>A budget by which routing spares before it is used up.</summary>
/// <param name="Limit">The budget.</param>
/// <param name="WhenLow">How routing spares when little is left; one of <see cref="DowngradePolicies"/>.</param>
/// <param name="LowBelow">Share of the budget, 0..1, below which little is left.</param>
public sealed record BudgetModel(LimitModel Limit, string WhenLow, double LowBelow)
{
    public const double DefaultLowBelow = 0.2;
}

/// <summary>The names <c>budget.per</c> may have; a period ends at its UTC calendar boundary.</summary>
public static class BudgetPeriods
{
    public const string Hour = "hour";
    public const string Day = "day";
    public const string Week = "week";
    public const string Month = "month";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Hour, Day, Week, Month];

    /// <summary>The window of this name; configuration has been checked, so there is one.</summary>
    public static LimitWindow WindowOf(string name) => name switch
    {
        Hour => LimitWindow.Hour,
        Day => LimitWindow.Day,
        Week => LimitWindow.Week,
        _ => LimitWindow.Month,
    };
}
