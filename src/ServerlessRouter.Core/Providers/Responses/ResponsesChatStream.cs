using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// A stream of responses, passed on as chunks of a chat completion, or as it came to callers who speak responses. It is whole when the response itself came at its end, or <c>[DONE]</c>
/// behind items that have all ended; nothing is waited for behind that, because gateways leave the connection open.
/// </summary>
internal sealed class ResponsesChatStream : ChatStream
{
    private const int UsualBatchBytes = 1024;

    private readonly SseEventReader _reader;
    private readonly PooledWriter _batch = new(UsualBatchBytes);
    private readonly PooledWriter? _chunksUnread;
    private readonly ResponsesChunkWriter _chunks;
    private readonly ResponsesEvents _events;
    private bool _isBodyRead;
    private bool _isOver;
    private bool _hasEnded;
    private AttemptFailure? _failure;
    private AttemptFailure? _pendingFailure;
    private byte[] _usageChunk = [];

    public ResponsesChatStream(UpstreamBody body, ResponsesTerms terms, bool passesOn = false)
    {
        _reader = new SseEventReader(body);
        _chunksUnread = passesOn ? new PooledWriter(UsualBatchBytes) : null;
        _chunks = new ResponsesChunkWriter(_chunksUnread ?? _batch, terms);
        _events = new ResponsesEvents(_chunks);
    }

    public override WireSchema Schema => _chunksUnread is null ? WireSchema.Chat : WireSchema.Responses;

    public override ReadOnlyMemory<byte> Batch => _batch.Written;

    public override bool HasContent => _events.HasContent;

    public override TokenUsage? Usage => _events.Usage is { Counted: var counted } ? counted with { ServiceTier = _chunks.ServiceTier } : null;

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
            if (_isOver || _isBodyRead || _pendingFailure is not null)
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
            while (_pendingFailure is null && !_isOver && _reader.TryTake(out var taken))
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
        try
        {
            if (payload.SequenceEqual("[DONE]"u8))
                EndByMark();
            else if (isNamedError)
                _pendingFailure = InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data)));
            else if (_chunksUnread is not null && OutputTextDelta.TryRead(payload, out var index, out var part, out var piece) && _events.TryCountText(index, part, piece))
                PassOn(OutputTextDelta.Name, data.Span);
            else if (payload is [(byte)'{', ..])
                Take(data);
            // All else, such as a bare word between events, is a sign of life and no more.
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            _pendingFailure = Cut("The provider's stream broke off inside an event, or was not JSON.");
        }
    }

    private void Take(ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data, LooseJson.ParseOptions);
        var item = document.RootElement;
        var type = LooseJson.Text(item, "type");
        if (type == "error" || ErrorValue.Speaks(LooseJson.Member(item, "error")) || LooseJson.Text(item, "object") == "error")
        {
            _events.ReadUsage(LooseJson.Member(item, "response"));
            _pendingFailure = InBand(ErrorIn(item, data));
            return;
        }

        switch (type)
        {
            case "response.completed" or "response.incomplete" or "response.done" or "response.failed" or "response.cancelled":
                End(LooseJson.Member(item, "response"), isFailure: type is "response.failed" or "response.cancelled");
                break;
            case null when LooseJson.Text(item, "object") == "response":
                // A gateway that does not stream sends the response as one event.
                End(item, isFailure: false);
                break;
            case not null:
                _events.Take(item, type);
                break;
        }

        if (_events.Fault is { } fault)
            _pendingFailure ??= Cut(fault);
        else if (_chunksUnread is not null && _pendingFailure is null)
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

    private void End(JsonElement response, bool isFailure)
    {
        _events.ReadUsage(response);
        if (isFailure || ResponsesVocabulary.FailureOf(response) is not null)
        {
            _pendingFailure = InBand(ResponsesVocabulary.FailureOf(response) ?? UpstreamFailures.OfErrorInside(VendorError.Unknown));
            return;
        }

        _events.End(response);
        _isOver = _events.FinishReason is not null;
    }

    /// <summary>Gateways end these streams as chat completions end, also where they lost the response at the end: what they passed on is whole when each of its items is.</summary>
    private void EndByMark()
    {
        if (!_events.HasContent || !_events.IsEveryItemDone)
        {
            _pendingFailure = FailureOfEnd();
            return;
        }

        _events.Finish(default);
        _isOver = _events.FinishReason is not null;
        if (_events.Fault is { } fault)
            _pendingFailure = Cut(fault);
    }

    private static AttemptFailure ErrorIn(JsonElement item, ReadOnlyMemory<byte> data) => LooseJson.Member(item, "error") is var error && ErrorValue.Speaks(error)
        ? UpstreamFailures.OfErrorInside(VendorError.OfObject(JsonMarshal.GetRawUtf8Value(error).ToArray()))
        : UpstreamFailures.OfErrorInside(VendorError.Read(data));

    private AttemptFailure? FailureOfEnd()
    {
        if (_events.FinishReason is not null)
            return null;
        if (_reader.IsTooLarge)
            return Cut("The provider's stream held an event larger than the router reads.");
        return Cut(_events.HasStarted ? "The provider's stream broke off: the response at its end never came." : "The provider's stream ended without an answer in it.");
    }

    private AttemptFailure InBand(AttemptFailure failure) =>
        HasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;

    private AttemptFailure Cut(string detail) => new(HasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        if (failure is null && _events.Usage is { } usage)
            _usageChunk = _chunks.UsageChunk(usage);
        return false;
    }
}
