using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Recording;

/// <summary>Outermost: sees every outcome, settles what the request cost, tells the caller, and keeps the books.</summary>
internal sealed partial class RecordingStage(TimeProvider time, RouterMetrics metrics, IRequestListener listener, ILogger<RecordingStage> logger) : IRequestStage
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    /// <summary>When each deployment's figures were last warned of; the configuration bounds how many there are.</summary>
    private readonly ConcurrentDictionary<string, long> _warned = new(StringComparer.Ordinal);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        ChatOutcome outcome;
        RequestSpan.Begin(context);
        try
        {
            outcome = await next(context, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Error = new RouterError(RouterErrorCode.ClientClosedRequest, "The caller closed the connection.");
            Settle(context);
            throw;
        }
        catch (Exception)
        {
            // Most likely a bug, which the host answers with an error of its own; what was called for the request is paid all the same.
            context.Error = new RouterError(RouterErrorCode.Internal, "The router failed.");
            Settle(context);
            throw;
        }

        return Finish(context, outcome);
    }

    /// <summary>Settles a request that has ended, or its stream once that ends, and composes what the caller gets.</summary>
    public ChatOutcome Finish(RequestContext context, ChatOutcome outcome)
    {
        switch (outcome)
        {
            case ChatOutcome.Completed completed:
                Settle(context);
                return new ChatOutcome.Completed(AnswerComposer.Compose(completed.Answer, context, time));
            case ChatOutcome.Streaming streaming:
                return new ChatOutcome.Streaming(new RecordedStream(streaming.Stream, context, this, time));
            case ChatOutcome.Failed failed:
                context.Error = failed.Error;
                Settle(context);
                return failed;
            default:
                throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}");
        }
    }

    /// <summary>Adds up the attempts and reports the request; once, when everything about it is known.</summary>
    public void Settle(RequestContext context)
    {
        context.SettledAt = time.GetTimestamp();
        context.CostUsd = context.SpentUsd;
        context.Limits?.Settle(context);
        metrics.Record(context, time);
        listener.OnSettled(context);
        WarnOfDoubts(context);
        if (context.Error is { } error)
            Report(context, error);
        else if (logger.IsEnabled(LogLevel.Debug))
            LogAnswered(context.RequestId, context.Answered?.Deployment?.Id, context.Attempts.Count, context.CostUsd);
        // Last, so that what was logged stands below it.
        RequestSpan.End(context, metrics.Options, time);
    }

    /// <summary>A vendor whose figures cannot be is told of, once in a while.</summary>
    private void WarnOfDoubts(RequestContext context)
    {
        foreach (var attempt in context.Attempts)
            WarnOfDoubt(attempt);
        if (!context.HasSideCalls)
            return;
        foreach (var asked in context.SideCalls)
            WarnOfDoubt(asked);
    }

    private void WarnOfDoubt(AttemptContext attempt)
    {
        if (attempt is { Doubt: { } doubt, Deployment.Id: { } deployment } && IsDue(deployment))
            LogDoubt(attempt.Request.RequestId, deployment, doubt);
    }

    private bool IsDue(string deployment)
    {
        var now = time.GetTimestamp();
        if (_warned.TryGetValue(deployment, out var last) && time.GetElapsedTime(last, now) < BetweenWarnings)
            return false;
        _warned[deployment] = now;
        return true;
    }

    private void Report(RequestContext context, RouterError error)
    {
        var level = RouterErrorTraits.Of(error.Code).LogLevel;
        if (logger.IsEnabled(level))
            LogFailed(level, context.RequestId, error.Code, error.Status, context.Attempts.Count);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Request {RequestId} answered by {Deployment} after {Attempts} attempts for {CostUsd} USD")]
    private partial void LogAnswered(string requestId, string? deployment, int attempts, decimal costUsd);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Request {RequestId}: {Deployment} says it used {Doubt}; the router's own count stands in the books")]
    private partial void LogDoubt(string requestId, string deployment, string doubt);

    [LoggerMessage(EventId = 3, Message = "Request {RequestId} failed: {Code} ({Status}) after {Attempts} attempts")]
    private partial void LogFailed(LogLevel level, string requestId, RouterErrorCode code, int status, int attempts);
}

/// <summary>A stream on its way to the caller: settles the request when it ends, and adds what the router has to say as its last batch.</summary>
internal sealed class RecordedStream(ChatStream inner, RequestContext context, RecordingStage recording, TimeProvider time) : ForwardedStream(inner)
{
    private ArrayBufferWriter<byte>? _closing;
    private bool _isSettled;

    public override ReadOnlyMemory<byte> Batch => _closing?.WrittenMemory ?? Inner.Batch;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isSettled)
            return false;
        if (await Inner.ReadAsync(cancellationToken))
            return true;

        if (Inner.Failure is { } failure)
            context.Error = new RouterError(failure.Traits.ClientCode, failure.Detail) { ShouldRetry = true };
        Settle();
        _closing = StreamComposer.Close(Inner, context, time);
        return _closing is not null;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Inner.DisposeAsync();
        }
        finally
        {
            // Also where a stream of the host's fails to close: what was called for the request is paid all the same.
            if (!_isSettled)
            {
                context.Error = new RouterError(RouterErrorCode.ClientClosedRequest, "The caller left before the end of the stream.");
                Settle();
            }
        }
    }

    private void Settle()
    {
        _isSettled = true;
        recording.Settle(context);
    }
}
