namespace ServerlessRouter.Configuration;

/// <summary>The objectives a route may have; the first four are values of <c>objective.prefer</c>.</summary>
public static class ObjectiveNames
{
    /// <summary>The cheapest of those that are good enough.</summary>
    public const string Cost = "cost";

    /// <summary>The fastest of those that are good enough.</summary>
    public const string Latency = "latency";

    /// <summary>The best, whatever it costs.</summary>
    public const string Quality = "quality";

    /// <summary>The order written.</summary>
    public const string Order = "order";

    /// <summary>The highest weighted sum of quality, cost and latency (<c>objective.weights</c>).</summary>
    public const string Weighted = "weighted";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Cost, Latency, Quality, Order, Weighted];
}
