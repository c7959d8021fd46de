using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// A stream of responses. It is whole when the response itself came at its end, or <c>[DONE]</c> behind items that have all ended; nothing is waited for behind that, because gateways
/// leave the connection open.
/// </summary>
internal sealed class ResponsesChatStream : VendorEventStream
{
    private readonly ResponsesChunkWriter _chunks;
    private readonly ResponsesEvents _events;
    private readonly UsualChunk _usual = new();
    private OutputTextDelta _text;
    private bool _isOver;

    public ResponsesChatStream(UpstreamBody body, ResponsesTerms terms, bool passesOn = false)
        : base(body, WireSchema.Responses, passesOn)
    {
        _chunks = new ResponsesChunkWriter(Chunks, terms);
        _events = new ResponsesEvents(_chunks);
    }

    public override bool HasContent => _events.HasContent;

    public override TokenUsage? Usage => _events.Usage is { Counted: var counted } ? counted with { ServiceTier = _chunks.ServiceTier } : null;

    public override long ContentBytes => _events.ContentBytes;

    public override string? FinishReason => _events.FinishReason;

    protected override bool IsOver => _isOver;

    protected override string? Loss
    {
        get
        {
            if (_events.FinishReason is not null)
                return null;
            return _events.HasStarted ? "The provider's stream broke off: the response at its end never came." : "The provider's stream ended without an answer in it.";
        }
    }

    protected override bool TryTake(JsonElement item, ReadOnlyMemory<byte> data, out string? type)
    {
        type = LooseJson.Text(item, "type");
        if (type == "error" || ErrorValue.Speaks(LooseJson.Member(item, "error")) || LooseJson.Text(item, "object") == "error")
        {
            _events.ReadUsage(LooseJson.Member(item, "response"));
            Fail(InBand(ErrorIn(item, data)));
            return false;
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

        if (_events.Fault is { } fault && PendingFailure is null)
            Fail(Cut(fault));
        return PendingFailure is null;
    }

    protected override string TextName => OutputTextDelta.Name;

    protected override bool TryTakeText(ReadOnlySpan<byte> payload, bool passesOn)
    {
        if (_usual.TryRead(payload, out var text))
            _text = _text with { Text = text };
        else if (OutputTextDelta.Read(payload) is { } read)
            _usual.Learn(payload, (_text = read).Text);
        else
            return false;
        var piece = _text.Text.In(payload);
        // Half of a pair of surrogates is no text by itself.
        if (piece.Contains((byte)'\\'))
            return false;
        return passesOn
            ? _events.TryCountText(_text.Index, _text.Part, Encoding.UTF8.GetString(piece))
            : !_text.HasLogprobs && _events.TryTakeText(_text.Index, _text.Part, Encoding.UTF8.GetString(piece));
    }

    /// <summary>Also where a gateway lost the response at the end: what it passed on is whole when each of its items is.</summary>
    protected override void TakeMark()
    {
        if (!_events.HasContent || !_events.IsEveryItemDone)
        {
            FailAtEnd();
            return;
        }

        _events.Finish(default);
        _isOver = _events.FinishReason is not null;
        if (_events.Fault is { } fault)
            Fail(Cut(fault));
    }

    protected override byte[] ComposeUsage() => _events.Usage is { } usage ? _chunks.UsageChunk(usage) : [];

    protected override void DisposeChunks() => _chunks.Dispose();

    private void End(JsonElement response, bool isFailure)
    {
        _events.ReadUsage(response);
        if (isFailure || ResponsesVocabulary.FailureOf(response) is not null)
        {
            Fail(InBand(ResponsesVocabulary.FailureOf(response) ?? UpstreamFailures.OfErrorInside(VendorError.Unknown)));
            return;
        }

        _events.End(response);
        _isOver = _events.FinishReason is not null;
    }

    private static AttemptFailure ErrorIn(JsonElement item, ReadOnlyMemory<byte> data) => LooseJson.Member(item, "error") is var error && ErrorValue.Speaks(error)
        ? UpstreamFailures.OfErrorInside(VendorError.OfObject(JsonMarshal.GetRawUtf8Value(error).ToArray()))
        : UpstreamFailures.OfErrorInside(VendorError.Read(data));
}
