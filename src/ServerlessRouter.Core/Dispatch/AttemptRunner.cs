using System.Diagnostics;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// One attempt: calls within its time, settles what came of it exactly once, and releases what it held. Dispatch, calls beside a request and probes make every call through
/// it, so that all of them are bounded, counted and billed alike.
/// </summary>
internal sealed class AttemptRunner(NextAttemptStage attempts, TimeProvider time)
{
    /// <summary>The outcome when the attempt answers or its stream commits, for the caller to dispose of; null when it failed and is settled. Throws only when the caller's own token fires.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatOutcome?> RunAsync<TTerms>(AttemptContext attempt, TTerms terms, CancellationToken cancellationToken)
        where TTerms : struct, IAttemptTerms
    {
        var guard = new AttemptGuard(terms.Within, terms.LeftOf(attempt), time, cancellationToken);
        attempt.Clock = guard;
        AnsweringStream? stream = null;
        AttemptFailure? failure = null;
        var isHandedOver = false;
        try
        {
            var result = await attempts(attempt, guard.Token).ConfigureAwait(false);
            if (result.Answer is { } answer)
            {
                Settlement.Answered(attempt, time.GetTimestamp(), answer.Usage, answer.ContentBytes);
                attempt.Request.Answered = attempt;
                return new ChatOutcome.Completed(answer);
            }

            failure = result.Failure;
            if (result.Stream is { } opened)
            {
                stream = new AnsweringStream(attempt, opened, guard, terms.ClockOf(attempt), time);
                failure = await terms.CommitAsync(stream).ConfigureAwait(false);
                if (failure is null)
                {
                    isHandedOver = true;
                    attempt.Request.Answered = attempt;
                    return new ChatOutcome.Streaming(stream);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            Settle(attempt, stream, guard.HasFired && stream is null ? WithWhatCame(terms.TimedOut(attempt), failure) : failure!);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && guard.HasFired)
        {
            Settle(attempt, stream, stream?.TimedOutBeforeCommit() ?? terms.TimedOut(attempt));
            return null;
        }
        finally
        {
            if (!isHandedOver)
            {
                // An attempt that is not settled here was cancelled, or met a bug; what counts calls in flight must hear of its end all the same.
                if (!attempt.HasEnded)
                    Settle(attempt, stream, WithWhatCame(terms.Cancelled(attempt), failure));
                await ReleaseAsync(stream, guard).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An answer that was being read when the call was ended is billed as far as it came.</summary>
    private static AttemptFailure WithWhatCame(AttemptFailure ended, AttemptFailure? inside) => ended with { Usage = inside?.Usage, ContentBytes = inside?.ContentBytes ?? 0 };

    private void Settle(AttemptContext attempt, AnsweringStream? stream, AttemptFailure failure)
    {
        if (stream is not null)
            stream.Abandon(failure);
        else
            Settlement.Failed(attempt, time.GetTimestamp(), failure);
    }

    private static ValueTask ReleaseAsync(AnsweringStream? stream, AttemptGuard guard)
    {
        if (stream is not null)
            return CloseAsync(stream, guard);
        guard.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask CloseAsync(AnsweringStream stream, AttemptGuard guard)
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        guard.Dispose();
    }
}

/// <summary>How long one attempt may take, and what it failed with where it does not end by itself. Those who never ask for a stream leave out what is about streams.</summary>
internal interface IAttemptTerms
{
    /// <summary>The time until a whole answer, or until a stream has opened.</summary>
    TimeSpan Within { get; }

    /// <summary>What the request has left when the attempt begins.</summary>
    TimeSpan LeftOf(AttemptContext attempt) => Within;

    /// <summary>That time is over.</summary>
    AttemptFailure TimedOut(AttemptContext attempt);

    /// <summary>The call was cancelled from outside before it ended.</summary>
    AttemptFailure Cancelled(AttemptContext attempt);

    /// <summary>The times of the stream that the attempt has opened.</summary>
    StreamClock ClockOf(AttemptContext attempt) => throw new UnreachableException("a call that wants a whole answer was given a stream");

    /// <summary>Reads the stream until it may be handed on; null then, else why it may not.</summary>
    ValueTask<AttemptFailure?> CommitAsync(AnsweringStream stream) => throw new UnreachableException("a call that wants a whole answer was given a stream");
}

/// <summary>One attempt's token: fires when the caller leaves and when the time allowed is over.</summary>
internal sealed class AttemptGuard : CancellationTokenSource, IAttemptClock
{
    private readonly CancellationTokenRegistration _caller;
    private readonly TimeSpan _within;

    /// <param name="within">What the attempt may take.</param>
    /// <param name="left">What its request has left, which is no less.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">The caller's own token.</param>
    public AttemptGuard(TimeSpan within, TimeSpan left, TimeProvider time, CancellationToken caller)
        : base(AtLeastOneTick(within), time)
    {
        (Caller, Left, _within) = (caller, left, within);
        _caller = caller.UnsafeRegister(static guard => ((AttemptGuard)guard!).Cancel(), this);
    }

    /// <summary>The caller's own token.</summary>
    public CancellationToken Caller { get; }

    /// <summary>The time allowed is over, or the caller has left.</summary>
    public bool HasFired => IsCancellationRequested;

    /// <inheritdoc/>
    public TimeSpan Left { get; }

    /// <inheritdoc/>
    public void Stop() => Rest();

    /// <inheritdoc/>
    public void Restart(TimeSpan waited) => Allow(AtLeastOneTick(Left - waited < _within ? Left - waited : _within));

    /// <summary>Allows this much from now on.</summary>
    public void Allow(TimeSpan within) => CancelAfter(within);

    /// <summary>Stops the clock: what happens now is not the upstream's time.</summary>
    public void Rest() => CancelAfter(Timeout.InfiniteTimeSpan);

    private static TimeSpan AtLeastOneTick(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.FromTicks(1);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _caller.Dispose();
        base.Dispose(disposing);
    }
}
