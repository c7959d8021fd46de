using ServerlessRouter.Errors;

namespace ServerlessRouter.Dispatch;

/// <summary>How long a failed deployment is left alone before the same request asks it again, and how waiters are spread behind a moment that all of them were told.</summary>
internal static class DispatchBackoff
{
    /// <summary>The longest wait before the first repetition after an outage; doubles with each. Full jitter draws between nothing and this.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <summary>The shortest wait after a 429 without any hint (Azure sends such); doubles with each.</summary>
    public static readonly TimeSpan FirstWithoutHint = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MaxWaitWithoutHint = TimeSpan.FromSeconds(30);

    // Of a longer hint, so much of it again: who waits for a minute may as well wait some seconds more, and the vendor sees no wall of calls.
    private const double HintJitter = 0.1;

    /// <summary>The moment after the <paramref name="failures"/>-th failure of a deployment, counted from it, and how far behind that the waiters are spread.</summary>
    public static (TimeSpan At, TimeSpan Spread) After(FailureKind kind, TimeSpan? retryAfter, int failures)
    {
        if (kind == FailureKind.RateLimited && retryAfter is null)
        {
            var unhinted = Doubled(FirstWithoutHint, MaxWaitWithoutHint, failures);
            return (unhinted, unhinted);
        }

        var backoff = Doubled(First, Longest, failures);
        return retryAfter is { } hint ? (hint, BehindMoment(hint)) : (TimeSpan.Zero, backoff);
    }

    /// <summary>The same for a breaker that opens in <paramref name="opensIn"/>.</summary>
    /// <param name="opensIn">Nothing or less while its probe is under way, of whose end no one knows: then it is asked for again and again, more and more seldom.</param>
    /// <param name="refusals">How often the request has found it open.</param>
    public static (TimeSpan At, TimeSpan Spread) AfterOpening(TimeSpan opensIn, int refusals) =>
        opensIn > TimeSpan.Zero ? (opensIn, BehindMoment(opensIn)) : (First / 2, Doubled(First, Longest, refusals));

    // Not wider each time: the request that has waited longest would come last, again and again.
    private static TimeSpan BehindMoment(TimeSpan wait)
    {
        var spread = (wait < Longest ? wait : Longest) * HintJitter;
        return spread > First ? spread : First;
    }

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int failures)
    {
        var wait = first;
        for (var failure = 1; failure < failures && wait < longest; failure++)
            wait += wait;
        return wait < longest ? wait : longest;
    }
}
