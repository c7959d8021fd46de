using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Whether a request's deadline leaves time to ask a model about it first.</summary>
internal static class TimeLeft
{
    /// <summary>A model is asked where the deadline leaves this many times what they may take.</summary>
    private const int TimesTheTimeout = 2;

    public static bool Allows(TimeSpan timeout, RequestContext context, TimeProvider time) =>
        // A deadline the caller wrote wrongly is told by dispatch.
        RequestLimits.Read(context.Headers, context.Route.Limits, out var limits) is null
        && limits.Deadline - time.GetElapsedTime(context.ReceivedAt) >= TimesTheTimeout * timeout;
}
