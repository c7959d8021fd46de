using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Preferences;

/// <summary>What a request prefers of the percentiles of a figure; null where it says nothing.</summary>
internal readonly record struct PercentileGoals(double? P50, double? P75, double? P90, double? P99)
{
    public bool IsEmpty => P50 is null && P75 is null && P90 is null && P99 is null;

    /// <summary>Whether one of them is known to lie below its goal.</summary>
    public bool Miss(in Percentiles known) => known.IsKnown && (known.P50 < P50 || known.P75 < P75 || known.P90 < P90 || known.P99 < P99);

    /// <summary>Whether one of them is known to lie above its goal.</summary>
    public bool Exceed(in Percentiles known) => known.IsKnown && (known.P50 > P50 || known.P75 > P75 || known.P90 > P90 || known.P99 > P99);
}
