namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>What the figures of several rounds come to.</summary>
internal static class Rounds
{
    /// <summary>The ratio within each round.</summary>
    public static List<double> Ratios(List<double> some, List<double> others) => [.. some.Zip(others, static (one, other) => one / other)];

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The value that this share of all is at or below.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }
}
