using ServerlessRouter.Errors;

namespace ServerlessRouter.Dispatch;

/// <summary>How long a failed deployment is left alone before the same request asks it again.</summary>
internal static class DispatchBackoff
{
    /// <summary>The longest wait before the first repetition after an outage; doubles with each. Full jitter draws between nothing and this.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <summary>The shortest wait after a 429 without any hint (Azure sends such); doubles with each.</summary>
    public static readonly TimeSpan FirstWithoutHint = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestWithoutHint = TimeSpan.FromSeconds(30);

    // Spread behind the vendor's moment, so that everyone who was told the same moment does not come back at once.
    private const double HintJitter = 0.1;

    /// <summary>The wait after the <paramref name="failures"/>-th failure of a deployment.</summary>
    public static TimeSpan After(FailureKind kind, TimeSpan? retryAfter, int failures, double luck)
    {
        if (kind == FailureKind.RateLimited && retryAfter is null)
            return Doubled(FirstWithoutHint, LongestWithoutHint, failures) * (1 + luck);

        var backoff = Doubled(First, Longest, failures) * luck;
        if (retryAfter is not { } hint)
            return backoff;
        var hinted = hint + (hint < Longest ? hint : Longest) * (HintJitter * luck);
        return hinted > backoff ? hinted : backoff;
    }

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int failures)
    {
        var wait = first;
        for (var failure = 1; failure < failures && wait < longest; failure++)
            wait += wait;
        return wait < longest ? wait : longest;
    }
}
