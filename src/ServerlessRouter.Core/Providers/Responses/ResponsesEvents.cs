using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Passes the events of a stream on as chunks. Which item an event belongs to says its <c>output_index</c>, else its <c>item_id</c>. The vendor tells every text twice, in pieces and whole; what
/// gateways leave out of the one is taken from the other.
/// </summary>
internal sealed class ResponsesEvents(ResponsesChunkWriter chunks)
{
    /// <summary>More items than any model writes.</summary>
    public const int MaxItems = 4096;

    private const int NoIndex = -1;

    private static readonly List<JsonElement> NoLogprobs = [];

    private readonly List<ResponsesStreamItem> _items = [];
    private readonly ResponsesStreamCalls _calls = new(chunks);
    private ResponsesStreamItem? _speaking;
    private bool _hasContent;
    private long _textBytes;
    private int _textLength;
    private string? _fault;
    private int _reasoningEntries;

    public ResponsesUsage? Usage { get; private set; }

    /// <summary>Something has come that a caller would notice.</summary>
    public bool HasContent => _hasContent || _calls.HasOpened;

    /// <summary>UTF-8 bytes of content, reasoning and what tools are called with.</summary>
    public long ContentBytes => _textBytes + _calls.ContentBytes;

    public string? FinishReason { get; private set; }

    public bool HasStarted { get; private set; }

    /// <summary>Why the answer cannot be passed on; null while it can.</summary>
    public string? Fault => _fault ?? _calls.Fault;

    /// <summary>Every item that began has ended.</summary>
    public bool IsEveryItemDone => _items.TrueForAll(static item => item.IsDone);

    /// <summary>Takes an event that is no error and does not end the stream. Unknown ones say nothing a caller needs.</summary>
    public void Take(JsonElement item, string type)
    {
        switch (type)
        {
            case "response.created" or "response.in_progress" or "response.queued":
                Open(LooseJson.Member(item, "response"));
                break;
            case "response.output_item.added":
                Begin(item);
                break;
            case "response.output_item.done":
                EndItem(item);
                break;
            case "response.content_part.done":
                TakePart(ItemOf(item, ResponsesItemKind.Message), LooseJson.Member(item, "part"), LooseJson.Count(item, "content_index"));
                break;
            case "response.output_text.delta":
                TakePiece(item, ResponsesItemKind.Message, ResponsesTextKind.Content, "content_index");
                break;
            case "response.output_text.done":
                TakeWhole(item, ResponsesItemKind.Message, ResponsesTextKind.Content, "content_index", "text");
                break;
            case "response.refusal.delta":
                TakePiece(item, ResponsesItemKind.Message, ResponsesTextKind.Refusal, "content_index");
                break;
            case "response.refusal.done":
                TakeWhole(item, ResponsesItemKind.Message, ResponsesTextKind.Refusal, "content_index", "refusal");
                break;
            case "response.reasoning_summary_text.delta":
                TakePiece(item, ResponsesItemKind.Reasoning, ResponsesTextKind.Summary, "summary_index");
                break;
            case "response.reasoning_summary_text.done":
                TakeWhole(item, ResponsesItemKind.Reasoning, ResponsesTextKind.Summary, "summary_index", "text");
                break;
            case "response.reasoning_text.delta":
                TakePiece(item, ResponsesItemKind.Reasoning, ResponsesTextKind.Reasoning, "content_index");
                break;
            case "response.reasoning_text.done":
                TakeWhole(item, ResponsesItemKind.Reasoning, ResponsesTextKind.Reasoning, "content_index", "text");
                break;
            case "response.function_call_arguments.delta":
                TakePiece(item, ResponsesItemKind.FunctionCall, ResponsesTextKind.Arguments, null);
                break;
            case "response.function_call_arguments.done":
                _calls.Learn(ItemOf(item, ResponsesItemKind.FunctionCall), item);
                TakeWhole(item, ResponsesItemKind.FunctionCall, ResponsesTextKind.Arguments, null, "arguments");
                break;
            case "response.custom_tool_call_input.delta":
                TakePiece(item, ResponsesItemKind.CustomCall, ResponsesTextKind.Arguments, null);
                break;
            case "response.custom_tool_call_input.done":
                TakeWhole(item, ResponsesItemKind.CustomCall, ResponsesTextKind.Arguments, null, "input");
                break;
            case "response.output_text.annotation.added":
                TakeAnnotation(item);
                break;
            default:
                break;
        }
    }

    /// <summary>Learns usage, also of a response that failed.</summary>
    public void ReadUsage(JsonElement response) => Usage = ResponsesUsage.Read(LooseJson.Member(response, "usage")) ?? Usage;

    /// <summary>Takes the response that ends the stream, and finishes the choice.</summary>
    public void End(JsonElement response)
    {
        ReadUsage(response);
        Open(response);
        chunks.Learn(response);
        if (LooseJson.Member(response, "output") is { ValueKind: JsonValueKind.Array } output)
        {
            var index = 0;
            foreach (var item in output.EnumerateArray())
                Complete(Known(item, index++) ?? Add(ResponsesOutput.KindOf(item), index - 1, LooseJson.Text(item, "id")), item);
        }

        Finish(response);
    }

    /// <summary>Finishes the choice; <paramref name="response"/> says why it ended, where it is told.</summary>
    public void Finish(JsonElement response)
    {
        foreach (var item in _items)
            EndTexts(item);
        _calls.EndAll();
        if (Fault is not null)
            return;
        if (!HasContent && !ResponsesVocabulary.IsIncomplete(response))
        {
            _fault = "The provider's stream ended without an answer in it.";
            return;
        }

        Open(response);
        FinishReason = ResponsesVocabulary.FinishReason(response, _calls.HasAny);
        chunks.Finish(FinishReason, ResponsesVocabulary.NativeReason(response));
    }

    private void Open(JsonElement response)
    {
        if (HasStarted)
            return;
        HasStarted = true;
        chunks.Open(response);
    }

    private void Begin(JsonElement item)
    {
        Open(default);
        var output = LooseJson.Member(item, "item");
        var kind = ResponsesOutput.KindOf(output);
        var index = IndexOf(item);
        var id = LooseJson.Text(output, "id");
        // A gateway may number all items alike, so another id is another item; and ids may change, so another number is.
        if (_items.Exists(known => known.Kind == kind && !known.IsDone && known.Index == index && known.Id == id))
            return;
        var begun = Add(kind, index, id);
        if (kind is ResponsesItemKind.FunctionCall or ResponsesItemKind.CustomCall)
        {
            begun.GivenArguments = ResponsesVocabulary.ArgumentsOf(LooseJson.Member(output, kind == ResponsesItemKind.CustomCall ? "input" : "arguments"));
            _calls.Learn(begun, output);
        }

        TakePhase(output);
    }

    private void EndItem(JsonElement item)
    {
        Open(default);
        var output = LooseJson.Member(item, "item");
        if (output.ValueKind != JsonValueKind.Object)
            return;
        var kind = ResponsesOutput.KindOf(output);
        var index = IndexOf(item);
        var ended = Find(kind, index, LooseJson.Text(output, "id")) ?? Add(kind, index, LooseJson.Text(output, "id"));
        Complete(ended, output);
        ended.IsDone = true;
        if (kind is ResponsesItemKind.FunctionCall or ResponsesItemKind.CustomCall)
            _calls.End(ended);
    }

    /// <summary>Takes from a whole item what had not come of it.</summary>
    private void Complete(ResponsesStreamItem known, JsonElement item)
    {
        switch (known.Kind)
        {
            case ResponsesItemKind.Message:
                var number = 0;
                foreach (var part in ResponsesOutput.PartsOf(item))
                    TakePart(known, part, number++);
                break;
            case ResponsesItemKind.Reasoning:
                CompleteReasoning(known, item);
                break;
            case ResponsesItemKind.FunctionCall or ResponsesItemKind.CustomCall:
                _calls.Learn(known, item);
                var arguments = ResponsesVocabulary.ArgumentsOf(LooseJson.Member(item, known.Kind == ResponsesItemKind.CustomCall ? "input" : "arguments"));
                var text = known.TextAt(ResponsesTextKind.Arguments, 0);
                Write(known, text, text.TakeWhole(arguments), NoLogprobs);
                break;
            case ResponsesItemKind.Other when item.ValueKind == JsonValueKind.Object && !known.IsPassedOn:
                known.IsPassedOn = true;
                _hasContent = true;
                chunks.OtherItem(item);
                break;
        }
    }

    private void CompleteReasoning(ResponsesStreamItem known, JsonElement item)
    {
        foreach (var (name, kind) in (ReadOnlySpan<(string, ResponsesTextKind)>)[("summary", ResponsesTextKind.Summary), ("content", ResponsesTextKind.Reasoning)])
        {
            if (LooseJson.Member(item, name) is not { ValueKind: JsonValueKind.Array } parts)
                continue;
            var number = 0;
            foreach (var part in parts.EnumerateArray())
            {
                var text = known.TextAt(kind, number++);
                if (ResponsesOutput.TextOf(part) is { } whole)
                    Write(known, text, text.TakeWhole(whole), NoLogprobs);
            }
        }

        if (known.IsPassedOn || ResponsesReasoning.SealOf(item) is not { } data)
            return;
        known.IsPassedOn = true;
        _hasContent = true;
        chunks.Seal(_reasoningEntries++, data, LooseJson.Text(item, "id"));
    }

    private void TakePart(ResponsesStreamItem known, JsonElement part, int number)
    {
        Open(default);
        if (known.Kind != ResponsesItemKind.Message)
            return;
        if (LooseJson.Text(part, "type") == "refusal")
        {
            var refusal = known.TextAt(ResponsesTextKind.Refusal, number);
            Write(known, refusal, refusal.TakeWhole(LooseJson.Piece(part, "refusal") ?? ""), NoLogprobs);
            return;
        }

        if (ResponsesOutput.TextOf(part) is not { } whole)
            return;
        var text = known.TextAt(ResponsesTextKind.Content, number);
        Write(known, text, text.TakeWhole(whole), text.IsEmpty ? LogprobsIn(part) : NoLogprobs);
        if (LooseJson.Member(part, "annotations") is not { ValueKind: JsonValueKind.Array } annotations)
            return;
        foreach (var annotation in annotations.EnumerateArray().Skip(known.Annotations))
            Annotate(known, text, annotation);
    }

    /// <summary>Counts a piece of text that is passed on as it came; false where no message of its number is open.</summary>
    public bool TryCountText(int index, int part, string piece)
    {
        if (!HasStarted || OpenMessage(index) is not { } message)
            return false;
        var taken = message.TextAt(ResponsesTextKind.Content, part).Take(piece);
        _hasContent |= taken.Length > 0;
        _textBytes += Encoding.UTF8.GetByteCount(taken);
        return true;
    }

    /// <summary>Takes a piece of text; false where no message of its number is open, or where another one may be meant, because a gateway numbers all alike.</summary>
    public bool TryTakeText(int index, int part, string piece)
    {
        if (!HasStarted || OpenMessage(index) is not { } message || _items.Exists(other => other.Kind == ResponsesItemKind.Message && other != message))
            return false;
        var text = message.TextAt(ResponsesTextKind.Content, part);
        Write(message, text, text.Take(piece), NoLogprobs);
        return true;
    }

    private ResponsesStreamItem? OpenMessage(int index)
    {
        foreach (var item in _items)
        {
            if (item is { Kind: ResponsesItemKind.Message, IsDone: false } && item.Index == index)
                return item;
        }

        return null;
    }

    private void TakePiece(JsonElement item, ResponsesItemKind kind, ResponsesTextKind textKind, string? number)
    {
        Open(default);
        var known = ItemOf(item, kind);
        var text = known.TextAt(textKind, number is null ? 0 : LooseJson.Count(item, number));
        var delta = LooseJson.Member(item, "delta");
        var piece = delta.ValueKind == JsonValueKind.String ? LooseJson.Piece(delta) : ResponsesVocabulary.ArgumentsOf(delta);
        Write(known, text, text.Take(piece), LogprobsIn(item));
    }

    private void TakeWhole(JsonElement item, ResponsesItemKind kind, ResponsesTextKind textKind, string? number, string member)
    {
        Open(default);
        var known = ItemOf(item, kind);
        var text = known.TextAt(textKind, number is null ? 0 : LooseJson.Count(item, number));
        Write(known, text, text.TakeWhole(ResponsesVocabulary.ArgumentsOf(LooseJson.Member(item, member))), NoLogprobs);
    }

    private void TakeAnnotation(JsonElement item)
    {
        Open(default);
        var known = ItemOf(item, ResponsesItemKind.Message);
        Annotate(known, known.TextAt(ResponsesTextKind.Content, LooseJson.Count(item, "content_index")), LooseJson.Member(item, "annotation"));
    }

    private void Annotate(ResponsesStreamItem known, ResponsesStreamText text, JsonElement annotation)
    {
        if (annotation.ValueKind != JsonValueKind.Object)
            return;
        known.Annotations++;
        chunks.Annotation(ResponsesAnnotation.Of(annotation, text.Start ?? _textLength));
    }

    private void TakePhase(JsonElement output)
    {
        if (LooseJson.Text(output, "phase") is { Length: > 0 } phase)
            chunks.Phase(phase);
    }

    /// <summary>Passes on a piece of one of the item's texts.</summary>
    private void Write(ResponsesStreamItem known, ResponsesStreamText text, string piece, List<JsonElement> logprobs)
    {
        if (text.Kind == ResponsesTextKind.Arguments)
        {
            _calls.Take(known, piece);
            return;
        }

        if (piece.Length == 0)
            return;
        _hasContent = true;
        _textBytes += Encoding.UTF8.GetByteCount(piece);
        switch (text.Kind)
        {
            case ResponsesTextKind.Content:
                WriteContent(known, text, piece, logprobs);
                break;
            case ResponsesTextKind.Refusal:
                chunks.Refusal(piece);
                break;
            default:
                WriteReasoning(text, piece);
                break;
        }
    }

    private void WriteContent(ResponsesStreamItem known, ResponsesStreamText text, string piece, List<JsonElement> logprobs)
    {
        // Two messages of one answer are one text to the caller.
        if (_speaking is not null && _speaking != known && text.Start is null)
        {
            chunks.Text(ResponsesVocabulary.Separator, NoLogprobs);
            _textLength += ResponsesVocabulary.Separator.Length;
        }

        _speaking = known;
        text.Start ??= _textLength;
        _textLength += piece.Length;
        chunks.Text(piece, logprobs);
    }

    private void WriteReasoning(ResponsesStreamText text, string piece)
    {
        var isFirst = text.Place is null;
        var separator = isFirst && _reasoningEntries > 0 ? ResponsesVocabulary.Separator : "";
        text.Place ??= _reasoningEntries++;
        chunks.Reasoning(text.Kind == ResponsesTextKind.Summary ? ReasoningEntry.Summary : ReasoningEntry.Text, text.Place.Value, separator, piece, isFirst);
    }

    private void EndTexts(ResponsesStreamItem item)
    {
        foreach (var text in item.Texts)
            Write(item, text, text.End(), NoLogprobs);
    }

    private static List<JsonElement> LogprobsIn(JsonElement owner) =>
        LooseJson.Member(owner, "logprobs") is { ValueKind: JsonValueKind.Array } logprobs && logprobs.GetArrayLength() > 0 ? [.. logprobs.EnumerateArray()] : NoLogprobs;

    private static int IndexOf(JsonElement item) => LooseJson.Number(item, "output_index") is >= 0 and <= int.MaxValue and var index ? (int)index : NoIndex;

    /// <summary>The item that an event of this kind belongs to; a new one where none is known.</summary>
    private ResponsesStreamItem ItemOf(JsonElement item, ResponsesItemKind kind)
    {
        var (index, id) = (IndexOf(item), LooseJson.Text(item, "item_id"));
        return Find(kind, index, id) ?? Add(kind, index, id);
    }

    /// <summary>The item of this number and name, else of one of the two; where neither is told the last of its kind.</summary>
    private ResponsesStreamItem? Find(ResponsesItemKind kind, int index, string? id)
    {
        ResponsesStreamItem? byId = null, byIndex = null, last = null;
        foreach (var item in _items)
        {
            if (item.Kind != kind)
                continue;
            last = item;
            if (id is { Length: > 0 } && item.Id == id)
                byId = item;
            if (index != NoIndex && item.Index == index)
                byIndex = item;
        }

        return byId ?? byIndex ?? (index == NoIndex && id is null or "" ? last : null);
    }

    /// <summary>The item of a whole response that has come in pieces: of this name, else of this number, else the first of its kind that nothing else was.</summary>
    private ResponsesStreamItem? Known(JsonElement item, int index)
    {
        var kind = ResponsesOutput.KindOf(item);
        var found = Find(kind, index, LooseJson.Text(item, "id")) ?? _items.Find(known => known.Kind == kind && !known.IsInResponse);
        if (found is not null)
            found.IsInResponse = true;
        return found;
    }

    private ResponsesStreamItem Add(ResponsesItemKind kind, int index, string? id)
    {
        if (_items.Count >= MaxItems)
            _fault ??= "The provider's stream held more output items than the router reads.";
        var item = new ResponsesStreamItem(kind, index, id);
        if (kind is ResponsesItemKind.FunctionCall or ResponsesItemKind.CustomCall)
            _calls.Add(item);
        _items.Add(item);
        return item;
    }
}
