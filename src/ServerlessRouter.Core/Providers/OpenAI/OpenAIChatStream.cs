using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>A stream in OpenAI's schema, passed on in the vendor's own bytes; only what must not go on is taken out.</summary>
/// <remarks>
/// It ended properly when there was a <c>finish_reason</c> or <c>[DONE]</c>: vendors leave out either. A connection that breaks after the finish reason has delivered
/// everything but perhaps its usage.
/// </remarks>
internal sealed class OpenAIChatStream(UpstreamBody body) : ChatStream
{
    private readonly SseEventReader _events = new(body);
    private int _batchLength;
    private bool _hasChoices;
    private bool _isMarkedDone;
    private bool _isBodyRead;
    private bool _hasEnded;
    private bool _hasContent;
    private TokenUsage? _usage;
    private long _contentBytes;
    private string? _finishReason;
    private AttemptFailure? _failure;
    private AttemptFailure? _pendingFailure;
    private byte[] _usageChunk = [];

    public override ReadOnlyMemory<byte> Batch => _events.Buffer.AsMemory(0, _batchLength);

    public override bool HasContent => _hasContent;

    public override TokenUsage? Usage => _usage;

    public override long ContentBytes => _contentBytes;

    public override string? FinishReason => _finishReason;

    public override AttemptFailure? Failure => _failure;

    public override ReadOnlyMemory<byte> UsageChunk => _usageChunk;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _batchLength = 0;
        while (!_hasEnded)
        {
            if (_isMarkedDone || _isBodyRead || _pendingFailure is not null)
                return End(_pendingFailure ?? FailureOfEnd());
            try
            {
                if (!await _events.FillAsync(cancellationToken).ConfigureAwait(false))
                    _isBodyRead = true;
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                return End(FailureOfEnd());
            }

            if (_hasEnded)
                return false;
            TakeEvents();
            if (_batchLength > 0)
                return true;
        }

        return false;
    }

    public override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _events.Dispose();
        return ValueTask.CompletedTask;
    }

    private void TakeEvents()
    {
        while (_pendingFailure is null && _events.TryTake(out var taken))
        {
            var data = _events.Buffer.AsMemory(taken.DataStart, taken.DataLength);
            var payload = data.Span.Trim((byte)' ');
            if (payload.IsEmpty)
                continue;
            if (payload.SequenceEqual("[DONE]"u8))
            {
                _isMarkedDone = true;
                return;
            }

            if (Accepts(data))
                _batchLength = _events.Keep(taken, _batchLength);
        }
    }

    /// <summary>Learns from a chunk; whether it goes on to the caller.</summary>
    private bool Accepts(ReadOnlyMemory<byte> data)
    {
        var isWhole = OpenAIPayloadReader.TryRead(data.Span, out var payload);
        // Also of a chunk that says why there is no answer: the vendor bills it. One of zeros says nothing there.
        if (payload.Usage is { } usage && (payload.ErrorRange.IsEmpty || usage.TotalTokens > 0))
            _usage = usage;
        if (!isWhole)
        {
            _pendingFailure = Cut("The provider's stream broke off inside a chunk, or was not JSON.");
            return false;
        }

        if (!payload.ErrorRange.IsEmpty)
        {
            _pendingFailure = InBand(VendorError.OfObject(data.Slice(payload.ErrorRange.Start, payload.ErrorRange.Length)));
            return false;
        }

        if (payload.FinishReason == "error")
        {
            _pendingFailure = InBand(VendorError.Unknown);
            return false;
        }

        _hasChoices |= payload.HasChoices;
        _hasContent |= payload.HasContent;
        _contentBytes += payload.ContentBytes;
        _finishReason = payload.FinishReason ?? _finishReason;
        if (payload.HasChoices || payload.Usage is null)
            return true;
        _usageChunk = data.ToArray();
        return false;
    }

    private AttemptFailure? FailureOfEnd()
    {
        if (_events.IsTooLarge)
            return Cut("The provider's stream held an event larger than the router reads.");
        if (!_hasChoices)
            return Cut("The provider's stream ended without an answer in it.");
        return _isMarkedDone || _finishReason is not null ? null : Cut("The provider's stream broke off: it never said why it finished.");
    }

    private AttemptFailure InBand(VendorError error)
    {
        var failure = UpstreamFailures.OfErrorInside(error);
        return _hasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;
    }

    private AttemptFailure Cut(string detail) => new(_hasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        return false;
    }
}
