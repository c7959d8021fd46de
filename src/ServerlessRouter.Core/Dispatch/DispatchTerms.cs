using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>The terms of an attempt to answer a request: its step's times within the route's limits.</summary>
/// <param name="Within">The time until a whole answer, or until a stream has opened.</param>
/// <param name="UntilContent">The time until a stream's first content.</param>
/// <param name="Limits">The route's limits.</param>
/// <param name="Cascade">Keeps back an answer that is to be checked; null without one.</param>
/// <param name="Time">The clock.</param>
internal readonly record struct DispatchTerms(TimeSpan Within, TimeSpan UntilContent, RouteLimits Limits, CascadeRun? Cascade, TimeProvider Time) : IAttemptTerms
{
    // Only a deployment that had the whole time the route gives a first token is to blame; one that the deadline cut shorter is not.
    public AttemptFailure TimedOut(AttemptContext attempt)
    {
        if (Within < Limits.FirstToken && Within != Limits.Attempt)
            return StreamClock.OutOfTime(Within);
        var isCut = Within < TimeLeft(attempt);
        var limit = attempt.Request.Request.IsStream && Within <= Limits.FirstToken && Within != Limits.Attempt ? "firstTokenSeconds" : isCut ? "attemptSeconds" : "deadlineSeconds";
        return new AttemptFailure(FailureKind.FirstTokenTimeout, $"No answer came for {StreamClock.Seconds(Within)} ({limit}).");
    }

    public AttemptFailure Cancelled(AttemptContext attempt) =>
        attempt.IsOutraced ? AttemptRace.Outraced() : new AttemptFailure(FailureKind.ClientLeft, "The caller left before the answer.");

    public TimeSpan LeftOf(AttemptContext attempt) => TimeLeft(attempt);

    public StreamClock ClockOf(AttemptContext attempt)
    {
        var left = TimeLeft(attempt);
        return new StreamClock(Limits, UntilContent < left ? UntilContent : left, left, attempt.StartedAt, Time);
    }

    public ValueTask<AttemptFailure?> CommitAsync(AnsweringStream stream) => Cascade is { IsChecking: true } cascade ? KeepAsync(stream, cascade) : stream.CommitAsync();

    private static async ValueTask<AttemptFailure?> KeepAsync(AnsweringStream stream, CascadeRun cascade) =>
        await stream.CommitAsync().ConfigureAwait(false) ?? await stream.KeepAsync(cascade.MaxBytes, cascade.TimeLeft).ConfigureAwait(false);

    /// <summary>What the request had left when the attempt began.</summary>
    private TimeSpan TimeLeft(AttemptContext attempt) => Limits.Deadline - Time.GetElapsedTime(attempt.Request.ReceivedAt, attempt.StartedAt);
}
