using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A stream of Anthropic's events, passed on as OpenAI's chunks, or as they came to callers who speak its schema. It is whole when a stop reason came, or <c>message_stop</c> behind content; whatever breaks behind that takes nothing away.</summary>
internal sealed class AnthropicChatStream : ChatStream
{
    private const int UsualBatchBytes = 1024;
    private const int BytesPerToken = 4;

    private readonly SseEventReader _reader;
    private readonly PooledWriter _batch = new(UsualBatchBytes);
    private readonly PooledWriter? _chunksUnread;
    private readonly AnthropicChunkWriter _chunks;
    private readonly AnthropicEvents _events;
    private bool _isBodyRead;
    private bool _hasEnded;
    private AttemptFailure? _failure;
    private AttemptFailure? _pendingFailure;
    private byte[] _usageChunk = [];

    public AnthropicChatStream(UpstreamBody body, long created, bool passesOn = false)
    {
        _reader = new SseEventReader(body);
        _chunksUnread = passesOn ? new PooledWriter(UsualBatchBytes) : null;
        _chunks = new AnthropicChunkWriter(_chunksUnread ?? _batch, created);
        _events = new AnthropicEvents(_chunks);
    }

    public override WireSchema Schema => _chunksUnread is null ? WireSchema.Chat : WireSchema.Messages;

    public override ReadOnlyMemory<byte> Batch => _batch.Written;

    public override bool HasContent => _events.HasContent;

    /// <summary>Before its end the vendor has told the prompt only.</summary>
    public override TokenUsage? Usage
    {
        get
        {
            if (!_events.Usage.IsReported)
                return null;
            var told = _events.Usage.Counted;
            return _events.HasFinalUsage ? told
                : told with { CompletionTokens = (int)Math.Max(told.CompletionTokens, Math.Min(int.MaxValue / 4, _events.ContentBytes / BytesPerToken)), IsEstimated = true };
        }
    }

    public override long ContentBytes => _events.ContentBytes;

    public override string? FinishReason => _events.FinishReason;

    public override AttemptFailure? Failure => _failure;

    public override ReadOnlyMemory<byte> UsageChunk => _usageChunk;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
            return false;
        _batch.Clear();
        while (true)
        {
            if (_events.IsStopped || _isBodyRead || _pendingFailure is not null)
                return End(_pendingFailure ?? FailureOfEnd());
            try
            {
                _isBodyRead = !await _reader.FillAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                if (!HasFinished)
                    cancellationToken.ThrowIfCancellationRequested();
                return End(FailureOfEnd());
            }

            if (_hasEnded)
                return false;
            while (_pendingFailure is null && !_events.IsStopped && _reader.TryTake(out var taken))
                Take(_reader.Buffer.AsMemory(taken.DataStart, taken.DataLength), taken.IsError);
            // What carries nothing for the caller is a sign of life all the same.
            if (_batch.Length > 0 || !_isBodyRead)
                return true;
        }
    }

    public override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _reader.Dispose();
        _chunks.Dispose();
        _batch.Dispose();
        _chunksUnread?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(ReadOnlyMemory<byte> data, bool isNamedError)
    {
        var payload = data.Span.Trim(" \t"u8);
        if (payload.SequenceEqual("[DONE]"u8))
        {
            // Gateways end Anthropic's streams the way OpenAI ends its own.
            _events.Stop();
            return;
        }

        try
        {
            if (isNamedError)
                Fail(InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data))));
            else if (_chunksUnread is not null && TextDelta.TryRead(payload, out var index, out var length) && _events.TryCountText(index, length))
                PassOn("content_block_delta", data.Span);
            else if (payload is [(byte)'{', ..])
                Take(data);
            // All else, such as a bare word between events, is a sign of life and no more.
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            Fail(Cut("The provider's stream broke off inside an event, or was not JSON."));
        }
    }

    private void Take(ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data, LooseJson.ParseOptions);
        var item = document.RootElement;
        var type = AnthropicEvents.TypeOf(item);
        if (AnthropicError.Is(item, type))
        {
            Fail(InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data))));
            return;
        }

        _events.Take(item, type);
        if (_events.Fault is { } fault)
            Fail(Cut(fault));
        else if (_chunksUnread is not null)
            PassOn(type, data.Span);
    }

    /// <summary>An event that a gateway left without its name gets it back: clients go by it.</summary>
    private void PassOn(string? type, ReadOnlySpan<byte> data)
    {
        _chunksUnread!.Clear();
        if (type is not null)
        {
            _batch.Append("event: "u8);
            _batch.Advance(Encoding.UTF8.GetBytes(type, _batch.GetSpan(Encoding.UTF8.GetMaxByteCount(type.Length))));
            _batch.Append("\n"u8);
        }

        _batch.Append("data: "u8);
        _batch.Append(data);
        _batch.Append("\n\n"u8);
    }

    /// <summary>What fails behind the stop reason takes nothing from the answer, which was whole before.</summary>
    private void Fail(AttemptFailure failure)
    {
        if (_events.FinishReason is null)
            _pendingFailure = failure;
        else
            _events.Stop();
    }

    private AttemptFailure? FailureOfEnd()
    {
        if (_events.FinishReason is not null)
            return null;
        if (_reader.IsTooLarge)
            return Cut("The provider's stream held an event larger than the router reads.");
        return Cut(_events.HasStarted && !_events.IsStopped ? "The provider's stream broke off: it never said why it stopped." : "The provider's stream ended without an answer in it.");
    }

    private AttemptFailure InBand(AttemptFailure failure) =>
        HasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;

    private AttemptFailure Cut(string detail) => new(HasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        if (failure is null && Usage is { } usage)
            _usageChunk = _chunks.UsageChunk(_events.Usage, usage);
        return false;
    }
}
