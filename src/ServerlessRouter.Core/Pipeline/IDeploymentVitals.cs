using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Where the vitals of every deployment are read; never waits.</summary>
public interface IDeploymentVitals
{
    DeploymentVitals Of(DeploymentModel deployment);

    /// <summary>Its breaker lets calls through, where nothing else is asked.</summary>
    bool IsCallable(DeploymentModel deployment) => Of(deployment).IsCallable;

    /// <summary>How fast it was over the last five minutes, call by call.</summary>
    DeploymentPercentiles PercentilesOf(DeploymentModel deployment);

    /// <summary>How it does, for people.</summary>
    DeploymentReport ReportOf(DeploymentModel deployment) => DeploymentReport.Of(Of(deployment));
}

/// <summary>What is known about a deployment right now: learnt by health, read by routing and balancing.</summary>
public readonly record struct DeploymentVitals
{
    /// <summary>Its breaker lets calls through (or would let one probe through).</summary>
    public bool IsCallable { get; init; }

    /// <summary>Calls open on this instance.</summary>
    public int InFlight { get; init; }

    /// <summary>Peak-sensitive moving average of the time to first token, in seconds; 0 while unknown.</summary>
    public double FirstTokenSeconds { get; init; }

    /// <summary>Moving average of the answer's tokens per second; 0 while unknown.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Share of recent calls that failed, 0..1; 0 while unknown.</summary>
    public double FailureShare { get; init; }

    /// <summary>Share of its capacity left, 0..1, by the vendor's headers or the configured capacity; 1 while unknown.</summary>
    public double Headroom { get; init; }

    /// <summary>How bad it is when nothing is callable; lower is better. The time its breaker still stays open, in seconds.</summary>
    public double OpenForSeconds { get; init; }

    /// <summary>What is to be expected of that time's end; means something only while it is not callable.</summary>
    public OpeningKind Opening { get; init; }
}

/// <summary>How fast a deployment was over the last five minutes, call by call.</summary>
/// <param name="FirstTokenSeconds">Time to the first token. A plain answer counts with a fifth of its time, a first token that never came with the time that was waited for it.</param>
/// <param name="TokensPerSecond">Speed after the first token.</param>
public readonly record struct DeploymentPercentiles(Percentiles FirstTokenSeconds, Percentiles TokensPerSecond);

/// <summary>How a figure was distributed lately: the value that a share of the calls kept or did better than.</summary>
/// <param name="Samples">Calls behind it; 0 when nothing is known, and then the values mean nothing.</param>
/// <param name="P50">The median.</param>
/// <param name="P75">Three of four calls were at least as good.</param>
/// <param name="P90">Nine of ten calls were at least as good.</param>
/// <param name="P95">Nineteen of twenty calls were at least as good.</param>
/// <param name="P99">Ninety-nine of a hundred calls were at least as good.</param>
public readonly record struct Percentiles(int Samples, double P50, double P75, double P90, double P95, double P99)
{
    public bool IsKnown => Samples > 0;
}

/// <summary>The first moment for which a wait is worth while among a model's deployments that cannot be called.</summary>
/// <param name="In">How long until then.</param>
/// <param name="IsGuessed">It is the router's own guess after failures, no rate limit's end.</param>
public readonly record struct Opening(TimeSpan In, bool IsGuessed)
{
    /// <summary>The better of what is known so far and one more deployment's: the end of a rate limit before a guess, then the earlier.</summary>
    public static Opening? Better(Opening? known, in DeploymentVitals vitals)
    {
        if (vitals.Opening == OpeningKind.Unlikely)
            return known;
        var opening = new Opening(TimeSpan.FromSeconds(vitals.OpenForSeconds), vitals.Opening == OpeningKind.FirstGuess);
        return known is not { } best || (opening.IsGuessed, opening.In).CompareTo((best.IsGuessed, best.In)) < 0 ? opening : known;
    }
}

/// <summary>What a request may expect of the time at which a breaker lets calls through again.</summary>
public enum OpeningKind
{
    /// <summary>Little: only a person can mend it, or a probe has found the outage to last.</summary>
    Unlikely,

    /// <summary>The first guess after failures, which may have been bad luck.</summary>
    FirstGuess,

    /// <summary>A rate limit is over: a wait until then is worth while.</summary>
    RateLimitEnds,
}

/// <summary>What a vendor's rate-limit headers say is left, and when it is full again.</summary>
public sealed record RemainingQuota(int? Requests, int? Tokens, TimeSpan? RequestsReset, TimeSpan? TokensReset);

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
