using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Passes the events of a stream on as chunks. Which block a delta belongs to says its <c>index</c>; gateways that leave it, the block's start, its type or its stop out are
/// understood as far as the delta's own type tells.
/// </summary>
internal sealed class AnthropicEvents(AnthropicChunkWriter chunks)
{
    /// <summary>More blocks than any model writes.</summary>
    public const int MaxBlocks = 4096;

    private const int NoIndex = -1;
    private const int MaxCitationsHeld = 256;

    private readonly List<AnthropicStreamBlock> _blocks = [];
    private readonly AnthropicCalls _calls = new(chunks);
    private long _textBytes;
    private int _textLength;
    private int _thoughts;
    private int _others;
    private int _citationsHeld;
    private string? _fault;

    public AnthropicUsage Usage { get; } = new();

    /// <summary>The output has been counted behind its beginning, so the count is the whole answer's.</summary>
    public bool HasFinalUsage { get; private set; }

    public bool HasStarted { get; private set; }

    /// <summary>Something has come that a caller would notice.</summary>
    public bool HasContent { get; private set; }

    public long ContentBytes => _textBytes + _calls.ContentBytes;

    public string? FinishReason { get; private set; }

    /// <summary>The vendor says that the stream is over.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Why the answer cannot be passed on; null while it can.</summary>
    public string? Fault => _fault ?? _calls.Fault;

    /// <summary>The event's type; where a gateway leaves it out, what the members show it to be.</summary>
    public static string? TypeOf(JsonElement item)
    {
        if (LooseJson.Text(item, "type") is { Length: > 0 } type)
            return type;
        if (LooseJson.Member(item, "message").ValueKind == JsonValueKind.Object)
            return "message_start";
        if (LooseJson.Member(item, "content_block").ValueKind == JsonValueKind.Object)
            return "content_block_start";
        var delta = LooseJson.Member(item, "delta");
        if (delta.ValueKind == JsonValueKind.Object)
            return LooseJson.Member(delta, "stop_reason").ValueKind == JsonValueKind.Undefined ? "content_block_delta" : "message_delta";
        return LooseJson.Member(item, "content").ValueKind == JsonValueKind.Undefined ? null : "message";
    }

    /// <summary>Takes an event that is no error.</summary>
    public void Take(JsonElement item, string? type)
    {
        switch (type)
        {
            case "message_start":
                _ = Usage.Read(LooseJson.Member(item, "usage"));
                Start(LooseJson.Member(item, "message"));
                break;
            case "message":
                TakeWhole(item);
                break;
            case "content_block_start":
                StartBlock(IndexOf(item), LooseJson.Member(item, "content_block"));
                break;
            case "content_block_delta":
                TakeDelta(IndexOf(item), LooseJson.Member(item, "delta"));
                break;
            case "content_block_stop":
                if (BlockAt(IndexOf(item)) is { } stopped)
                    EndBlock(stopped);
                break;
            case "message_delta":
                TakeMessageDelta(item);
                break;
            case "message_stop":
                ReadUsage(item);
                Stop();
                break;
            // Pings, and whatever the vendor adds later, say nothing a caller needs.
            default:
                break;
        }
    }

    /// <summary>The stream is over; a message that ended without a reason ended of itself.</summary>
    public void Stop()
    {
        IsStopped = true;
        if (HasContent)
            Finish(null, null, default);
    }

    /// <summary>A gateway that does not stream sends the message as one event, or again behind its pieces.</summary>
    private void TakeWhole(JsonElement message)
    {
        if (HasContent)
            _ = Usage.Read(LooseJson.Member(message, "usage"));
        else
            Start(message);
        HasFinalUsage = true;
        var reason = AnthropicVocabulary.StopReason(message);
        if (HasContent || reason is not null)
            Finish(reason, AnthropicVocabulary.Refusal(reason, message), default);
    }

    private void Start(JsonElement message)
    {
        _ = Usage.Read(LooseJson.Member(message, "usage"));
        Open(message);
        var index = 0;
        foreach (var block in AnthropicContent.BlocksOf(LooseJson.Member(message, "content")))
        {
            StartBlock(index, block);
            if (BlockAt(index++) is { } whole)
                EndBlock(whole);
        }
    }

    private void Open(JsonElement message)
    {
        if (HasStarted)
            return;
        HasStarted = true;
        chunks.Open(message, Usage.ServiceTier);
    }

    private void StartBlock(int index, JsonElement block)
    {
        Open(default);
        if (index != NoIndex && BlockAt(index) is { } before)
            EndBlock(before);
        switch (AnthropicBlockKinds.Of(block))
        {
            case AnthropicBlockKind.Text:
                var text = Add(new AnthropicStreamBlock(AnthropicBlockKind.Text, index, 0) { Start = _textLength });
                WriteText(text, AnthropicContent.TextOf(block));
                if (LooseJson.Member(block, "citations") is { ValueKind: JsonValueKind.Array } citations)
                {
                    foreach (var citation in citations.EnumerateArray())
                        Cite(text, citation);
                }

                break;
            case AnthropicBlockKind.Thinking:
                var thought = Add(new AnthropicStreamBlock(AnthropicBlockKind.Thinking, index, _thoughts++));
                WriteThinking(thought, AnthropicContent.ThinkingOf(block));
                thought.GiveSignature(LooseJson.Text(block, "signature"));
                break;
            case AnthropicBlockKind.RedactedThinking:
                var redacted = Add(new AnthropicStreamBlock(AnthropicBlockKind.RedactedThinking, index, _thoughts++));
                HasContent = true;
                chunks.RedactedThinking(redacted.Place, LooseJson.Text(block, "data") ?? "");
                break;
            case AnthropicBlockKind.ToolUse:
                HasContent = true;
                Add(new AnthropicStreamBlock(AnthropicBlockKind.ToolUse, index, 0) { Call = _calls.Start(block) });
                break;
            case AnthropicBlockKind.Other when block.ValueKind == JsonValueKind.Object:
                HasContent = true;
                chunks.OtherBlock(AddOther(index).Place, block);
                break;
            default:
                break;
        }
    }

    private void TakeDelta(int index, JsonElement delta)
    {
        Open(default);
        switch (TypeOfDelta(delta))
        {
            case "text_delta":
                WriteText(BlockFor(index, AnthropicBlockKind.Text), LooseJson.Piece(delta, "text") ?? "");
                break;
            case "thinking_delta":
                WriteThinking(BlockFor(index, AnthropicBlockKind.Thinking), AnthropicContent.ThinkingOf(delta));
                break;
            case "signature_delta" when LooseJson.Text(delta, "signature") is { Length: > 0 } signature:
                WriteSignature(Known(index, AnthropicBlockKind.Thinking) ?? BlockFor(index, AnthropicBlockKind.Thinking), signature);
                break;
            case "input_json_delta" when BlockAt(index) is not { Kind: AnthropicBlockKind.Other } && Known(index, AnthropicBlockKind.ToolUse) is { Call: { } call }:
                _calls.Append(call, PieceOf(LooseJson.Member(delta, "partial_json")));
                break;
            case "citations_delta" when Known(index, AnthropicBlockKind.Text) is { } text:
                Cite(text, LooseJson.Member(delta, "citation"));
                break;
            case "signature_delta":
                break;
            default:
                if (delta.ValueKind == JsonValueKind.Object)
                    chunks.OtherDelta((Numbered(index, AnthropicBlockKind.Other) ?? AddOther(index)).Place, delta);
                break;
        }
    }

    private void TakeMessageDelta(JsonElement item)
    {
        ReadUsage(item);
        Open(default);
        var delta = LooseJson.Member(item, "delta");
        var reason = AnthropicVocabulary.StopReason(delta) ?? AnthropicVocabulary.StopReason(item);
        if (reason is null)
            chunks.Others(item);
        else
            Finish(reason, AnthropicVocabulary.Refusal(reason, delta), item);
    }

    /// <summary>The message has ended; <paramref name="item"/> is the event that says so.</summary>
    private void Finish(string? reason, string? refusal, JsonElement item)
    {
        if (FinishReason is not null)
            return;
        if (AnthropicVocabulary.IsError(reason))
        {
            _fault ??= "The provider stopped for an error.";
            return;
        }

        foreach (var block in _blocks)
            EndBlock(block);
        _calls.End();
        if (refusal is not null)
        {
            HasContent = true;
            chunks.Refusal(refusal);
        }

        FinishReason = AnthropicVocabulary.FinishReason(reason, _calls.HasAny);
        chunks.Finish(FinishReason, reason, item);
    }

    /// <summary>Counts a piece of text that is passed on as it came; false where no block of its number was begun.</summary>
    public bool TryCountText(int index, int bytes)
    {
        if (!HasStarted || Numbered(index, AnthropicBlockKind.Text) is null)
            return false;
        HasContent |= bytes > 0;
        _textBytes += bytes;
        return true;
    }

    /// <summary>Takes a piece of text; false where no block of its number was begun.</summary>
    public bool TryTakeText(int index, string piece)
    {
        if (!HasStarted || Numbered(index, AnthropicBlockKind.Text) is not { } block)
            return false;
        WriteText(block, piece);
        return true;
    }

    private void WriteText(AnthropicStreamBlock block, string piece)
    {
        piece = block.Join(piece);
        if (piece.Length == 0)
            return;
        HasContent = true;
        _textBytes += Encoding.UTF8.GetByteCount(piece);
        _textLength += piece.Length;
        chunks.Text(piece);
    }

    private void WriteThinking(AnthropicStreamBlock block, string piece)
    {
        piece = block.Join(piece);
        if (piece.Length == 0)
            return;
        HasContent = true;
        _textBytes += Encoding.UTF8.GetByteCount(piece);
        chunks.Thinking(block.Place, piece, block.BeginsNow());
    }

    private void WriteSignature(AnthropicStreamBlock block, string signature)
    {
        if (block.IsSignedBy(signature))
            chunks.Signature(block.Place, signature, block.BeginsNow());
    }

    private void Cite(AnthropicStreamBlock block, JsonElement citation)
    {
        if (citation.ValueKind != JsonValueKind.Object)
            return;
        block.Cite(AnthropicCitation.Of(citation, block.Start, block.Start));
        if (++_citationsHeld >= MaxCitationsHeld)
            WriteCitations(block);
    }

    private void WriteCitations(AnthropicStreamBlock block)
    {
        if (!block.HoldsCitations)
            return;
        var citations = block.TakeCitations(_textLength);
        _citationsHeld -= citations.Count;
        chunks.Citations(citations);
    }

    /// <summary>Writes what waits for the end of a block; more may come all the same, where the vendor ended it too early.</summary>
    private void EndBlock(AnthropicStreamBlock block)
    {
        switch (block.Kind)
        {
            case AnthropicBlockKind.Text:
                WriteText(block, block.EndText());
                WriteCitations(block);
                break;
            case AnthropicBlockKind.Thinking:
                WriteThinking(block, block.EndText());
                if (block.GivenSignature is { Length: > 0 } signature)
                    WriteSignature(block, signature);
                break;
            case AnthropicBlockKind.ToolUse:
                _calls.Stop(block.Call!);
                break;
            case AnthropicBlockKind.RedactedThinking or AnthropicBlockKind.Other:
                break;
        }
    }

    private void ReadUsage(JsonElement item)
    {
        var output = Usage.Read(LooseJson.Member(item, "usage")) ?? Usage.Read(LooseJson.Member(LooseJson.Member(item, "delta"), "usage"));
        HasFinalUsage |= output > 0 || (output == 0 && ContentBytes == 0);
    }

    /// <summary>The delta's type; gateways also write the block's, or none.</summary>
    private static string? TypeOfDelta(JsonElement delta) => LooseJson.Text(delta, "type") switch
    {
        "text" => "text_delta",
        "thinking" => "thinking_delta",
        null or "" when Has(delta, "text") => "text_delta",
        null or "" when Has(delta, "thinking") => "thinking_delta",
        null or "" when Has(delta, "partial_json") => "input_json_delta",
        null or "" when Has(delta, "signature") => "signature_delta",
        var type => type,
    };

    /// <summary>A piece of a tool's input; some gateways send the input itself.</summary>
    private static string PieceOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => LooseJson.Piece(json),
        JsonValueKind.Object or JsonValueKind.Array => LooseJson.Raw(json),
        _ => "",
    };

    private static bool Has(JsonElement delta, string name) => LooseJson.Member(delta, name).ValueKind == JsonValueKind.String;

    private static int IndexOf(JsonElement item) => LooseJson.Number(item, "index") is >= 0 and <= int.MaxValue and var index ? (int)index : NoIndex;

    /// <summary>The last block of this number; without a number the last of all.</summary>
    private AnthropicStreamBlock? BlockAt(int index)
    {
        for (var place = _blocks.Count - 1; place >= 0; place--)
        {
            if (index == NoIndex || _blocks[place].Index == index)
                return _blocks[place];
        }

        return null;
    }

    /// <summary>The last block of this number and kind; without a number the last of the kind.</summary>
    private AnthropicStreamBlock? Numbered(int index, AnthropicBlockKind kind)
    {
        for (var place = _blocks.Count - 1; place >= 0; place--)
        {
            if (_blocks[place].Kind == kind && (index == NoIndex || _blocks[place].Index == index))
                return _blocks[place];
        }

        return null;
    }

    /// <summary>The block a delta of this kind belongs to; where its number names none of the kind, the last of the kind.</summary>
    private AnthropicStreamBlock? Known(int index, AnthropicBlockKind kind) => Numbered(index, kind) ?? Numbered(NoIndex, kind);

    /// <summary>The block a delta of this kind belongs to; where its number names none of the kind, a new one.</summary>
    private AnthropicStreamBlock BlockFor(int index, AnthropicBlockKind kind) => Numbered(index, kind)
        ?? Add(new AnthropicStreamBlock(kind, index, kind == AnthropicBlockKind.Thinking ? _thoughts++ : 0) { Start = _textLength });

    private AnthropicStreamBlock AddOther(int index) => Add(new AnthropicStreamBlock(AnthropicBlockKind.Other, index, _others++));

    private AnthropicStreamBlock Add(AnthropicStreamBlock block)
    {
        if (_blocks.Count >= MaxBlocks)
            _fault ??= "The provider's stream held more content blocks than the router reads.";
        _blocks.Add(block);
        return block;
    }
}
