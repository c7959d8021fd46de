using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>What the vitals of its deployments say about a model.</summary>
public static class ModelVitals
{
    /// <summary>
    /// Time to the first token of a model, over the deployments that may be called and were called lately: of each percentile the slowest deployment's, because which of them
    /// answers is decided later. Waiting longer than that is unusual whichever it is.
    /// </summary>
    public static Percentiles FirstTokenOf(this IDeploymentVitals vitals, LanguageModel model)
    {
        var slowest = default(Percentiles);
        foreach (var deployment in model.Deployments)
        {
            var known = vitals.PercentilesOf(deployment).FirstTokenSeconds;
            if (known.IsKnown && vitals.Of(deployment).IsCallable)
                slowest = Slower(slowest, known);
        }

        return slowest;
    }

    private static Percentiles Slower(in Percentiles left, in Percentiles right) => new(
        left.Samples + right.Samples,
        Math.Max(left.P50, right.P50),
        Math.Max(left.P75, right.P75),
        Math.Max(left.P90, right.P90),
        Math.Max(left.P95, right.P95),
        Math.Max(left.P99, right.P99));
}
