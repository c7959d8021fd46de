namespace ServerlessRouter.Configuration;

/// <summary>The names <c>tiers.*.budget.whenLow</c> may have; each is a policy of routing.</summary>
public static class DowngradePolicies
{
    /// <summary>The choice stays as it is.</summary>
    public const string Keep = "keep";

    /// <summary>The cheapest first, of those that the tier's own quality floor lets through; the route's floor and preferences stand back.</summary>
    public const string Cheapest = "cheapest";

    public const string Default = Keep;

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Keep, Cheapest];
}
