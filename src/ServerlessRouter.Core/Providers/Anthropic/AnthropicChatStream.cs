using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A stream of Anthropic's events. It is whole when a stop reason came, or <c>message_stop</c> behind content; whatever breaks behind that takes nothing away.</summary>
internal sealed class AnthropicChatStream : VendorEventStream
{
    private const int BytesPerToken = 4;

    private readonly AnthropicChunkWriter _chunks;
    private readonly AnthropicEvents _events;
    private readonly UsualChunk _usual = new();
    private TextDelta _text;

    public AnthropicChatStream(UpstreamBody body, long created, bool passesOn = false)
        : base(body, WireSchema.Messages, passesOn)
    {
        _chunks = new AnthropicChunkWriter(Chunks, created);
        _events = new AnthropicEvents(_chunks);
    }

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

    protected override bool IsOver => _events.IsStopped;

    protected override string? Loss
    {
        get
        {
            if (_events.FinishReason is not null)
                return null;
            return _events.HasStarted && !_events.IsStopped ? "The provider's stream broke off: it never said why it stopped." : "The provider's stream ended without an answer in it.";
        }
    }

    protected override bool TryTake(JsonElement item, ReadOnlyMemory<byte> data, out string? type)
    {
        type = AnthropicEvents.TypeOf(item);
        if (AnthropicError.Is(item, type))
        {
            Fail(InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data))));
            return false;
        }

        _events.Take(item, type);
        if (_events.Fault is not { } fault)
            return true;
        Fail(Cut(fault));
        return false;
    }

    protected override string TextName => TextDelta.Name;

    protected override bool TryTakeText(ReadOnlySpan<byte> payload, bool passesOn)
    {
        if (_usual.TryRead(payload, out var text))
            _text = _text with { Text = text };
        else if (TextDelta.Read(payload) is { } read)
            _usual.Learn(payload, (_text = read).Text);
        else
            return false;
        if (passesOn)
            return _events.TryCountText(_text.Index, _text.Text.Length);
        var piece = _text.Text.In(payload);
        // Half of a pair of surrogates is no text by itself.
        return !piece.Contains((byte)'\\') && _events.TryTakeText(_text.Index, Encoding.UTF8.GetString(piece));
    }

    protected override void TakeMark() => _events.Stop();

    protected override byte[] ComposeUsage() => Usage is { } usage ? _chunks.UsageChunk(_events.Usage, usage) : [];

    protected override void DisposeChunks() => _chunks.Dispose();

    /// <summary>What fails behind the stop reason takes nothing from the answer, which was whole before.</summary>
    protected override void Fail(AttemptFailure failure)
    {
        if (_events.FinishReason is null)
            base.Fail(failure);
        else
            _events.Stop();
    }
}
