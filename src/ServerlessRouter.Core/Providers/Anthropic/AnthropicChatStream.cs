using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A stream of Anthropic's events, passed on as OpenAI's chunks. It ended properly when there was a stop reason or <c>message_stop</c>.</summary>
internal sealed class AnthropicChatStream : ChatStream
{
    private const int UsualBatchBytes = 1024;
    private const int NoTool = -1;
    private const int BytesPerToken = 4;

    private readonly SseEventReader _events;
    private readonly PooledWriter _batch = new(UsualBatchBytes);
    private readonly AnthropicChunkWriter _chunks;
    private int _tool = NoTool;
    private bool _hasStarted;
    private bool _hasFinalUsage;
    private bool _isStopped;
    private bool _isBodyRead;
    private bool _hasEnded;
    private bool _hasContent;
    private TokenUsage? _usage;
    private long _contentBytes;
    private string? _finishReason;
    private AttemptFailure? _failure;
    private AttemptFailure? _pendingFailure;
    private byte[] _usageChunk = [];

    public AnthropicChatStream(UpstreamBody body, long created)
    {
        _events = new SseEventReader(body);
        _chunks = new AnthropicChunkWriter(_batch, created);
    }

    public override ReadOnlyMemory<byte> Batch => _batch.Written;

    public override bool HasContent => _hasContent;

    /// <summary>Before its end the vendor has told the prompt only.</summary>
    public override TokenUsage? Usage => _hasFinalUsage || _usage is not { } sofar
        ? _usage
        : sofar with { CompletionTokens = (int)Math.Max(sofar.CompletionTokens, Math.Min(int.MaxValue, _contentBytes / BytesPerToken)), IsEstimated = true };

    public override long ContentBytes => _contentBytes;

    public override string? FinishReason => _finishReason;

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
            if (_isStopped || _isBodyRead || _pendingFailure is not null)
                return End(_pendingFailure ?? FailureOfEnd());
            try
            {
                _isBodyRead = !await _events.FillAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                return End(FailureOfEnd());
            }

            if (_hasEnded)
                return false;
            while (_pendingFailure is null && !_isStopped && _events.TryTake(out var taken))
                Take(_events.Buffer.AsMemory(taken.DataStart, taken.DataLength));
            if (_batch.Length > 0)
                return true;
        }
    }

    public override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _events.Dispose();
        _chunks.Dispose();
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            Take(document.RootElement, data);
        }
        catch (JsonException)
        {
            _pendingFailure = Cut("The provider's stream broke off inside an event, or was not JSON.");
        }
    }

    private void Take(JsonElement item, ReadOnlyMemory<byte> data)
    {
        switch (AnthropicJson.Text(item, "type"))
        {
            case "message_start":
                var message = AnthropicJson.Member(item, "message");
                _hasStarted = true;
                _ = ReadUsage(message);
                _chunks.Open(AnthropicJson.Text(message, "id"), AnthropicJson.Text(message, "model"));
                break;
            case "content_block_start":
                StartBlock(AnthropicJson.Member(item, "content_block"));
                break;
            case "content_block_delta":
                WriteDelta(AnthropicJson.Member(item, "delta"));
                break;
            case "message_delta":
                _hasFinalUsage |= ReadUsage(item);
                if (AnthropicJson.Text(AnthropicJson.Member(item, "delta"), "stop_reason") is { } reason)
                {
                    _finishReason = AnthropicVocabulary.FinishReason(reason);
                    _chunks.Finish(_finishReason);
                }

                break;
            case "message_stop":
                _isStopped = true;
                break;
            case "error":
                _pendingFailure = InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data)));
                break;
            // Pings, the ends of blocks, and whatever the vendor adds later say nothing a caller needs.
            default:
                break;
        }
    }

    private void StartBlock(JsonElement block)
    {
        switch (AnthropicJson.Text(block, "type"))
        {
            case "tool_use":
                _tool++;
                _hasContent = true;
                _contentBytes += AnthropicJson.Text(block, "name")?.Length ?? 0;
                _chunks.ToolStart(_tool, AnthropicJson.Text(block, "id"), AnthropicJson.Text(block, "name"));
                break;
            case "text" when AnthropicJson.Text(block, "text") is { Length: > 0 } text:
                WriteText("content", text);
                break;
            default:
                break;
        }
    }

    private void WriteDelta(JsonElement delta)
    {
        switch (AnthropicJson.Text(delta, "type"))
        {
            case "text_delta":
                WriteText("content", AnthropicJson.Text(delta, "text"));
                break;
            case "thinking_delta":
                WriteText("reasoning_content", AnthropicJson.Text(delta, "thinking"));
                break;
            case "input_json_delta" when _tool > NoTool && AnthropicJson.Text(delta, "partial_json") is { Length: > 0 } piece:
                _contentBytes += Encoding.UTF8.GetByteCount(piece);
                _chunks.ToolArguments(_tool, piece);
                break;
            default:
                break;
        }
    }

    private void WriteText(string field, string? piece)
    {
        if (string.IsNullOrEmpty(piece))
            return;
        _hasContent = true;
        _contentBytes += Encoding.UTF8.GetByteCount(piece);
        _chunks.Text(field, piece);
    }

    private bool ReadUsage(JsonElement parent)
    {
        if (AnthropicJson.Member(parent, "usage") is not { ValueKind: JsonValueKind.Object } usage)
            return false;
        _usage = AnthropicVocabulary.Usage(usage, _usage ?? default);
        return true;
    }

    private AttemptFailure? FailureOfEnd()
    {
        if (_events.IsTooLarge)
            return Cut("The provider's stream held an event larger than the router reads.");
        if (!_hasStarted)
            return Cut("The provider's stream ended without an answer in it.");
        return _isStopped || _finishReason is not null ? null : Cut("The provider's stream broke off: it never said why it stopped.");
    }

    private AttemptFailure InBand(AttemptFailure failure) =>
        _hasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;

    private AttemptFailure Cut(string detail) => new(_hasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        if (failure is null && _usage is { } usage)
            _usageChunk = _chunks.UsageChunk(usage);
        return false;
    }
}
