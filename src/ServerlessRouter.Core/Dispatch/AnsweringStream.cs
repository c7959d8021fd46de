using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// An attempt's stream from its headers to its settled end: first read up to its commit point, while it can still be replaced, then handed to the caller with
/// what was read so far, a guard against stalls, and the attempt's one settlement.
/// </summary>
internal sealed class AnsweringStream(AttemptContext attempt, ChatStream upstream, AttemptGuard guard, in StreamClock clock, TimeProvider time) : ForwardedStream(upstream)
{
    /// <summary>More than this before any content is no answer but a flood.</summary>
    public const int MaxPreludeBytes = 256 * 1024;

    private StreamClock _clock = clock;
    private byte[]? _prelude;
    private int _preludeLength;
    private bool _hasBatchWaiting;
    private bool _hasUpstreamEnded;
    private bool _hasEnded;
    private AttemptFailure? _failure;
    private Task<bool>? _pending;
    private int _isDisposed;

    public override ReadOnlyMemory<byte> Batch => _prelude is null ? Inner.Batch : _prelude.AsMemory(0, _preludeLength);

    public override AttemptFailure? Failure => _failure;

    /// <summary>The answer was read to its proper end, all of it is in <see cref="Batch"/>, and the attempt is settled.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads to the commit point: the first content, a finish reason, or a proper end without either. Answers with the failure that came first, if one did.</summary>
    public async ValueTask<AttemptFailure?> CommitAsync()
    {
        while (!Inner.HasContent && !Inner.HasFinished)
        {
            if (!await ReadUpstreamAsync().ConfigureAwait(false))
            {
                if (guard.HasFired && !guard.Caller.IsCancellationRequested)
                    return TimedOut(FailureKind.Stalled);
                if (Inner.Failure is { } failure)
                    return failure;
                _hasUpstreamEnded = true;
                break;
            }

            if (_clock.Moved(Inner) is { } excess)
                return excess;
            if ((Inner.HasContent || Inner.HasFinished) && _prelude is null)
                break;
            if (!TryKeep(Inner.Batch.Span))
                return new AttemptFailure(FailureKind.CutBeforeCommit, $"The provider sent more than {MaxPreludeBytes} bytes without any content.");
        }

        guard.Rest();
        guard.Token.ThrowIfCancellationRequested();
        if (Inner.HasContent)
            attempt.MarkFirstToken(time.GetTimestamp());
        _hasBatchWaiting = !Batch.IsEmpty;
        return null;
    }

    /// <summary>The failure of a stream whose guard fired while it was read up to its commit point.</summary>
    public AttemptFailure TimedOutBeforeCommit() => TimedOut(FailureKind.Stalled)!;

    /// <summary>
    /// Goes on reading behind the commit point and keeps everything, so that the answer can be judged before the caller sees any of it. Ends when the answer is whole, or,
    /// with the stream still alive, when it is longer than may be kept or <paramref name="within"/> is over. Answers with the failure that came first, if one did.
    /// </summary>
    public async ValueTask<AttemptFailure?> KeepAsync(int maxBytes, TimeSpan within)
    {
        if (_prelude is null)
            TryKeep(Inner.Batch.Span);
        using var decided = new CancellationTokenSource();
        var late = within > TimeSpan.Zero ? Task.Delay(within, time, decided.Token) : Task.CompletedTask;
        try
        {
            while (!_hasUpstreamEnded && _preludeLength <= maxBytes)
            {
                guard.Allow(_clock.Begin(Inner));
                var read = Inner.ReadAsync(guard.Token).AsTask();
                if (await Task.WhenAny(read, late).ConfigureAwait(false) != read)
                {
                    // From here on the stall clock runs only while the caller waits.
                    guard.Rest();
                    _pending = read;
                    break;
                }

                var hasRead = await read.ConfigureAwait(false);
                guard.Rest();
                _clock.End();
                if (hasRead && _clock.Moved(Inner) is { } excess)
                    return BeforeCommit(excess);
                if (hasRead)
                    TryKeep(Inner.Batch.Span);
                else if (FailureBeforeCommit() is { } failure)
                    return failure;
                else
                    _hasUpstreamEnded = true;
            }
        }
        catch (OperationCanceledException) when (guard.HasFired && !guard.Caller.IsCancellationRequested)
        {
            if (TimedOut(FailureKind.Stalled) is { } stalled)
                return BeforeCommit(stalled);
            _hasUpstreamEnded = true;
        }
        finally
        {
            decided.Cancel();
        }

        IsWhole = _hasUpstreamEnded;
        if (IsWhole)
            Settlement.Answered(attempt, time.GetTimestamp(), Inner.Usage, Inner.ContentBytes);
        _hasBatchWaiting = !Batch.IsEmpty;
        return null;
    }

    /// <summary>Gives other bytes in place of a kept answer's.</summary>
    public void Replace(ReadOnlySpan<byte> batch)
    {
        ReleasePrelude();
        TryKeep(batch);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
            return false;
        if (_hasBatchWaiting)
        {
            _hasBatchWaiting = false;
            return true;
        }

        ReleasePrelude();
        if (_hasUpstreamEnded)
            return End(null);

        var registration = cancellationToken == guard.Caller ? default
            : cancellationToken.UnsafeRegister(static guard => ((AttemptGuard)guard!).Cancel(), guard);
        try
        {
            while (await ReadUpstreamAsync().ConfigureAwait(false))
            {
                if (_clock.Moved(Inner) is { } excess)
                    return End(excess);
                if (!Inner.Batch.IsEmpty)
                    return true;
            }

            return End(guard.HasFired && !HasCallerLeft(cancellationToken) ? TimedOut(FailureKind.StalledAfterCommit) : Inner.Failure);
        }
        catch (OperationCanceledException) when (guard.HasFired)
        {
            if (!HasCallerLeft(cancellationToken))
                return End(TimedOut(FailureKind.StalledAfterCommit));
            End(ClientLeft());
            throw;
        }
        finally
        {
            registration.Dispose();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        if (_pending is { } begun)
        {
            // A read that is under way still writes to what is given back here.
            guard.Cancel();
            await ((Task)begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_hasEnded && !IsWhole)
            End(ClientLeft());
        ReleasePrelude();
        await Inner.DisposeAsync().ConfigureAwait(false);
        guard.Dispose();
    }

    /// <summary>Settles the attempt as failed, so that it can be replaced.</summary>
    public void Abandon(AttemptFailure failure)
    {
        _hasEnded = true;
        Settlement.Failed(attempt, time.GetTimestamp(), failure, Inner.Usage, Inner.ContentBytes);
    }

    private static AttemptFailure ClientLeft() => new(FailureKind.ClientLeft, "The caller left before the end of the answer.");

    private bool HasCallerLeft(CancellationToken reader) => guard.Caller.IsCancellationRequested || reader.IsCancellationRequested;

    /// <summary>What ended the upstream while the caller had seen nothing of it.</summary>
    private AttemptFailure? FailureBeforeCommit()
    {
        guard.Caller.ThrowIfCancellationRequested();
        if ((guard.HasFired ? TimedOut(FailureKind.Stalled) : Inner.Failure) is not { } failure)
            return null;
        return BeforeCommit(failure);
    }

    /// <summary>As long as the caller has seen nothing, the attempt can be replaced.</summary>
    private static AttemptFailure BeforeCommit(AttemptFailure failure) => failure.Kind switch
    {
        FailureKind.CutAfterCommit => failure with { Kind = FailureKind.CutBeforeCommit },
        FailureKind.StalledAfterCommit or FailureKind.DeadlinePassed => failure with { Kind = FailureKind.Stalled },
        _ => failure,
    };

    /// <summary>What ended the wait; null where nothing of the answer was missing any more.</summary>
    private AttemptFailure? TimedOut(FailureKind stalled) => Inner.HasFinished ? null : _clock.TimedOut(stalled);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadUpstreamAsync()
    {
        var read = _pending is { } begun ? new ValueTask<bool>(begun) : Inner.ReadAsync(guard.Token);
        _pending = null;
        if (read.IsCompleted)
            return await read.ConfigureAwait(false);

        // The clock runs only while the upstream is waited for: a slow caller is not the upstream's stall.
        guard.Allow(_clock.Begin(Inner));
        var hasRead = await read.ConfigureAwait(false);
        guard.Rest();
        _clock.End();
        return hasRead;
    }

    private bool End(AttemptFailure? failure)
    {
        _hasEnded = true;
        _failure = failure is { Kind: FailureKind.CutBeforeCommit } && Inner.HasContent ? failure with { Kind = FailureKind.CutAfterCommit } : failure;
        if (_failure is null)
        {
            Settlement.Answered(attempt, time.GetTimestamp(), Inner.Usage, Inner.ContentBytes);
            return false;
        }

        attempt.Request.Error ??= RequestErrors.AfterCommit(_failure);
        Settlement.Failed(attempt, time.GetTimestamp(), _failure, Inner.Usage, Inner.ContentBytes);
        return false;
    }

    private bool TryKeep(ReadOnlySpan<byte> batch)
    {
        var length = _preludeLength + batch.Length;
        if (length > MaxPreludeBytes && !Inner.HasContent)
            return false;
        if (_prelude is null || length > _prelude.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(length);
            _prelude.AsSpan(0, _preludeLength).CopyTo(larger);
            if (_prelude is not null)
                ArrayPool<byte>.Shared.Return(_prelude);
            _prelude = larger;
        }

        batch.CopyTo(_prelude.AsSpan(_preludeLength));
        _preludeLength = length;
        return true;
    }

    private void ReleasePrelude()
    {
        if (_prelude is not { } pooled)
            return;
        _prelude = null;
        _preludeLength = 0;
        ArrayPool<byte>.Shared.Return(pooled);
    }
}
