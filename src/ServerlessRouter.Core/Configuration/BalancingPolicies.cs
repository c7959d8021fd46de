namespace ServerlessRouter.Configuration;

/// <summary>The names <c>models.*.balancing</c> may have.</summary>
public static class BalancingPolicies
{
    /// <summary>By lot, in proportion to the weights.</summary>
    public const string Weighted = "weighted";

    /// <summary>One after the other, in proportion to the weights.</summary>
    public const string RoundRobin = "round-robin";

    /// <summary>The one with the fewest calls in flight for its weight.</summary>
    public const string LeastBusy = "least-busy";

    /// <summary>The better of two drawn by lot, by latency and load.</summary>
    public const string PowerOfTwo = "power-of-two";

    /// <summary>The same session goes to the same deployment while it is not overloaded.</summary>
    public const string Sticky = "sticky";

    /// <summary>Where a model names none.</summary>
    public const string Default = Weighted;

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Weighted, RoundRobin, LeastBusy, PowerOfTwo, Sticky];
}
