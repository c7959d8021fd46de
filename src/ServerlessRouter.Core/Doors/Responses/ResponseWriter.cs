using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// Makes a response of chat chunks; a whole answer is one chunk of which no events are told. 1 the beginning, 2 a chunk, 3 reasoning, 4 the message, 5 calls, 6 the end.
/// </summary>
/// <remarks>Reasoning and a message are done when something else begins; calls stay open until the choice is finished, since vendors write several at once.</remarks>
internal sealed class ResponseWriter : IDisposable
{
    private readonly PooledWriter _written = new(4096);
    private readonly ResponseObject _response;
    private readonly CallNames _names;
    private readonly UsualChunk _usual = new();
    private readonly List<OutputItem> _items = [];
    private readonly List<(int ChatIndex, OutputItem Item)> _calls = [];
    private ResponseEvents? _events;
    private OutputItem? _reasoning;
    private OutputItem? _message;
    private ResponseState _state = ResponseState.Completed;
    private bool _hasStarted;

    public ResponseWriter(DoorTerms terms)
    {
        _response = new ResponseObject(terms);
        _names = CallNames.Of(terms.Body);
        _events = new ResponseEvents(_written);
    }

    /// <summary>Nothing may follow.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Writes a whole answer as a response.</summary>
    public void WriteWhole(ReadOnlySpan<byte> answer, IBufferWriter<byte> output)
    {
        _events = null;
        if (ChatChunk.TryRead(answer, out var chunk))
            TakeContent(chunk);
        CloseAll();
        _response.Write(_written, _state, _items);
        MoveTo(output);
    }

    /// <summary>Writes a response without an answer; <paramref name="error"/> is a body with an <c>error</c>, or empty.</summary>
    public void WriteUnanswered(ResponseState state, ReadOnlySpan<byte> error, IBufferWriter<byte> output)
    {
        if (state == ResponseState.Failed)
            _response.Error = ChatChunk.TryRead(error, out var chunk) && !chunk.Error.IsEmpty ? ResponseFailure.Of(chunk.Error.In(error)) : ResponseFailure.Of("{}"u8);
        _response.Write(_written, state, []);
        MoveTo(output);
    }

    /// <summary>Tells the caller that the response was created, once.</summary>
    public void Start()
    {
        if (_hasStarted)
            return;
        _hasStarted = true;
        TellResponse("response.created"u8, ResponseState.InProgress);
        TellResponse("response.in_progress"u8, ResponseState.InProgress);
    }

    public void Take(ReadOnlySpan<byte> json)
    {
        if (IsOver)
            return;
        if (_usual.TryRead(json, out var text))
        {
            if (!text.IsEmpty)
                AddText(text.In(json), default, isRefusal: false);
            return;
        }

        if (!ChatChunk.TryRead(json, out var chunk))
            return;
        Start();
        if (chunk.Error.IsEmpty)
        {
            TakeContent(chunk);
            if (chunk.IsTextAlone)
                _usual.Learn(json, new JsonRange(chunk.Content.Start + 1, chunk.Content.Length - 2));
            return;
        }

        _response.Take(chunk);
        Fail(ResponseFailure.Of(chunk.Error.In(json)));
    }

    /// <summary>Ends the stream with <paramref name="error"/>, a JSON object; what came before is told as it is, not as done.</summary>
    public void Fail(byte[] error)
    {
        if (IsOver)
            return;
        Start();
        IsOver = true;
        _response.Error = error;
        foreach (var item in _items)
            item.IsIncomplete = !item.IsClosed;
        TellResponse("response.failed"u8, ResponseState.Failed);
    }

    /// <summary>Ends a stream that is whole.</summary>
    public void End()
    {
        if (IsOver)
            return;
        Start();
        CloseAll();
        IsOver = true;
        TellResponse(_state == ResponseState.Completed ? "response.completed"u8 : "response.incomplete"u8, _state);
    }

    /// <summary>Hands over what was written since the last time.</summary>
    public void MoveTo(IBufferWriter<byte> output)
    {
        if (_written.Length == 0)
            return;
        output.Write(_written.Written.Span);
        _written.Clear();
    }

    public void Dispose()
    {
        _written.Dispose();
        _response.Dispose();
        foreach (var item in _items)
            item.Dispose();
    }

    private void TellResponse(ReadOnlySpan<byte> type, ResponseState state)
    {
        if (_events is null)
            return;
        _events.BeginResponse(type);
        _response.Write(_written, state, _items);
        _events.End();
    }

    private void TakeContent(scoped in ChatChunk chunk)
    {
        _response.Take(chunk);
        if (!chunk.ReasoningDetails.IsEmpty || !chunk.Reasoning.IsEmpty)
            TakeReasoning(chunk);
        if (!chunk.Content.IsEmpty)
            TakeText(chunk);
        if (!chunk.Refusal.IsEmpty && Inside(chunk, chunk.Refusal) is { IsEmpty: false } refusal)
            AddText(refusal, default, isRefusal: true);
        if (!chunk.Annotations.IsEmpty)
            TakeAnnotations(chunk);
        if (!chunk.Images.IsEmpty)
            TakeImages(chunk);
        if (!chunk.ToolCalls.IsEmpty)
            TakeCalls(chunk);
        if (!chunk.FinishReason.IsEmpty)
            Finish(Inside(chunk, chunk.FinishReason));
    }

    private void Finish(ReadOnlySpan<byte> reason)
    {
        if (reason.IsEmpty)
            return;
        _state = reason.SequenceEqual("length"u8) ? ResponseState.OutOfTokens : reason.SequenceEqual("content_filter"u8) ? ResponseState.Filtered : ResponseState.Completed;
        CloseAll();
    }

    private OutputItem Open(OutputKind kind)
    {
        var item = OutputItem.Create(kind, _items.Count, _response.Core);
        _items.Add(item);
        return item;
    }

    private void Tell(OutputItem item)
    {
        item.IsAnnounced = true;
        _events?.ItemAdded(item);
    }

    private void CloseAll()
    {
        var isCut = _state != ResponseState.Completed;
        CloseReasoning(isCut);
        CloseMessage(isCut);
        foreach (var (_, call) in _calls)
            CloseCall(call, isCut);
    }

    // 3 reasoning

    private void TakeReasoning(scoped in ChatChunk chunk)
    {
        var details = chunk.ReasoningDetails.In(chunk.Json);
        var entries = new ReasoningDetails(details);
        var hasText = false;
        while (entries.Read())
            hasText |= !entries.Text.IsEmpty;
        if (!hasText && Inside(chunk, chunk.Reasoning) is { IsEmpty: false } text)
            AddThought(text);

        entries = new ReasoningDetails(details);
        while (entries.Read())
        {
            if (!entries.Text.IsEmpty)
                AddThought(entries.Text);
            if (!entries.Format.IsEmpty && (!entries.Text.IsEmpty || !entries.Signature.IsEmpty))
                Thinking().Format = entries.Format.ToArray();
            if (!entries.Signature.IsEmpty)
                ReasoningSeal.WriteText(SealOf(Thinking()), _reasoning!.Format, entries.Signature);
            else if (!entries.Data.IsEmpty)
                ReasoningSeal.WriteEncrypted(SealOf(Thinking()), entries.Format, entries.Id, entries.Data);
        }
    }

    /// <summary>The item that thoughts go to; a sealed one takes no more.</summary>
    private OutputItem Thinking()
    {
        if (_reasoning is { Seal: not null })
            CloseReasoning(isCut: false);
        if (_reasoning is not null)
            return _reasoning;
        CloseMessage(isCut: false);
        _reasoning = Open(OutputKind.Reasoning);
        Tell(_reasoning);
        return _reasoning;
    }

    private static PooledWriter SealOf(OutputItem item) => item.Seal ??= new PooledWriter(512);

    private void AddThought(ReadOnlySpan<byte> piece)
    {
        var item = Thinking();
        if (item.Text.Length == 0)
            _events?.SummaryAdded(item);
        item.Text.Append(piece);
        _events?.SummaryDelta(item, piece);
    }

    private void CloseReasoning(bool isCut)
    {
        if (_reasoning is not { } item)
            return;
        _reasoning = null;
        item.IsIncomplete = isCut;
        item.IsClosed = true;
        if (item.Text.Length > 0)
            _events?.SummaryDone(item);
        _events?.ItemDone(item);
    }

    // 4 the message

    private void TakeText(scoped in ChatChunk chunk)
    {
        var content = chunk.Content.In(chunk.Json);
        if (content[0] == '"')
        {
            if (content.Length > 2)
                AddText(content[1..^1], LogprobsOf(chunk), isRefusal: false);
            return;
        }

        if (content[0] != '[')
            return;
        var parts = new ReasoningDetails(content);
        while (parts.Read())
        {
            if (!parts.Text.IsEmpty)
                AddText(parts.Text, default, isRefusal: false);
        }
    }

    private void AddText(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> logprobs, bool isRefusal)
    {
        var part = Part(isRefusal);
        part.Text.Append(piece);
        part.AddLogprobs(logprobs);
        _events?.TextDelta(part, piece, logprobs);
    }

    private OutputPart Part(bool isRefusal)
    {
        if (_message is null)
        {
            CloseReasoning(isCut: false);
            _message = Open(OutputKind.Message);
            Tell(_message);
        }

        if (_message.Parts is [.., var last])
        {
            if (last.IsRefusal == isRefusal)
                return last;
            _events?.PartDone(last);
        }

        var part = new OutputPart(_message, _message.Parts.Count, isRefusal);
        _message.Parts.Add(part);
        _events?.PartAdded(part);
        return part;
    }

    private void CloseMessage(bool isCut)
    {
        if (_message is not { } item)
            return;
        _message = null;
        item.IsIncomplete = isCut;
        item.IsClosed = true;
        if (item.Parts is [.., var last])
            _events?.PartDone(last);
        _events?.ItemDone(item);
    }

    /// <summary>The items of <c>logprobs.content</c>.</summary>
    private static ReadOnlySpan<byte> LogprobsOf(scoped in ChatChunk chunk)
    {
        var logprobs = chunk.Logprobs.In(chunk.Json);
        if (logprobs is not [(byte)'{', ..])
            return default;
        var content = JsonMemberReader.Find(logprobs, "content"u8).In(logprobs);
        return content is [(byte)'[', .., (byte)']'] ? content[1..^1].Trim(" \n\r\t"u8) : default;
    }

    private void TakeAnnotations(scoped in ChatChunk chunk)
    {
        foreach (var annotation in Elements(chunk.Annotations.In(chunk.Json)))
        {
            var flat = ResponseAnnotation.Of(annotation.Span);
            var part = Part(isRefusal: false);
            _events?.AnnotationAdded(part, part.Annotations, flat);
            part.AddAnnotation(flat);
        }
    }

    private void TakeImages(scoped in ChatChunk chunk)
    {
        foreach (var image in Elements(chunk.Images.In(chunk.Json)))
        {
            var data = ResponseAnnotation.DataOf(image.Span);
            if (data.IsEmpty)
                continue;
            CloseReasoning(isCut: false);
            CloseMessage(isCut: false);
            var item = Open(OutputKind.Image);
            Tell(item);
            item.Text.Append(data);
            item.IsClosed = true;
            _events?.ItemDone(item);
        }
    }

    // 5 calls

    private void TakeCalls(scoped in ChatChunk chunk)
    {
        var pieces = new CallPieces(chunk.ToolCalls.In(chunk.Json));
        while (pieces.Read())
        {
            var call = CallOf(pieces);
            if (call.IsClosed)
                continue;
            if (!call.IsAnnounced && !pieces.Name.IsEmpty)
                call = NameCall(call, pieces);
            if (pieces.Arguments.IsEmpty)
                continue;
            call.Text.Append(pieces.Arguments);
            if (call.IsAnnounced && !call.IsWrapped)
                _events?.CallDelta(call, pieces.Arguments);
        }
    }

    private OutputItem CallOf(scoped in CallPieces pieces)
    {
        foreach (var (index, known) in _calls)
        {
            if (index == pieces.Index)
                return known;
        }

        CloseReasoning(isCut: false);
        CloseMessage(isCut: false);
        var call = Open(pieces.IsCustom ? OutputKind.CustomCall : OutputKind.Call);
        call.CallId = pieces.Id.IsEmpty ? [.. "call_"u8, .. call.Id] : pieces.Id.ToArray();
        _calls.Add((pieces.Index, call));
        return call;
    }

    /// <summary>The caller is told of a call when its name is known. A custom tool that was called as a function takes its input when the arguments are whole.</summary>
    private OutputItem NameCall(OutputItem call, scoped in CallPieces pieces)
    {
        var isCustom = _names.Find(pieces.Name, out var space, out var name);
        if (isCustom && call.Kind == OutputKind.Call)
        {
            var custom = call.AsCustom(_response.Core);
            custom.IsWrapped = true;
            custom.Text.Append(call.Text.Written.Span);
            _items[call.Index] = custom;
            _calls[_calls.FindIndex(known => known.Item == call)] = (pieces.Index, custom);
            call.Dispose();
            call = custom;
        }

        (call.Namespace, call.Name) = (space, name);
        Tell(call);
        if (call.Text.Length > 0 && !call.IsWrapped)
            _events?.CallDelta(call, call.Text.Written.Span);
        return call;
    }

    private void CloseCall(OutputItem call, bool isCut)
    {
        if (call.IsClosed)
            return;
        if (!call.IsAnnounced)
            Tell(call);
        if (call.IsWrapped)
            Unwrap(call);
        else if (call is { Kind: OutputKind.Call, Text.Length: 0 } && !isCut)
            call.Text.Append("{}"u8);
        call.IsIncomplete = isCut;
        call.IsClosed = true;
        _events?.CallDone(call);
        _events?.ItemDone(call);
    }

    private void Unwrap(OutputItem call)
    {
        var input = CallPieces.InputIn(call.Text.Written.Span);
        call.Text.Clear();
        call.Text.Append(input);
        if (input.Length > 0)
            _events?.CallDelta(call, input);
    }

    private static ReadOnlySpan<byte> Inside(scoped in ChatChunk chunk, JsonRange range)
    {
        var value = range.In(chunk.Json);
        return value is [(byte)'"', .., (byte)'"'] ? value[1..^1] : default;
    }

    /// <summary>The objects of a list.</summary>
    private static List<ReadOnlyMemory<byte>> Elements(ReadOnlySpan<byte> list)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        var reader = new JsonTokenReader(list);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return found;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (isObject)
                found.Add(list[start..reader.BytesConsumed].ToArray());
        }

        return found;
    }
}
