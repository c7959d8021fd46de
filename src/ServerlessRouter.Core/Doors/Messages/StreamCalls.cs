using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes the calls of chunks as <c>tool_use</c> blocks. A call begins when its name has come; pieces that came before wait for it.</summary>
internal sealed class StreamCalls(StreamBlocks blocks, DoorTerms terms)
{
    /// <summary>Place of the old <c>function_call</c>, of which there is one.</summary>
    private const int OldCall = int.MaxValue;

    private readonly OrderedDictionary<int, StreamCall> _calls = [];
    private readonly WholeToolNames _names = new(terms.Body);

    /// <summary>A call has begun.</summary>
    public bool HasAny => _calls.Count > 0;

    private static ReadOnlySpan<byte> Before => "{\"type\":\"input_json_delta\",\"partial_json\":\""u8;

    private static ReadOnlySpan<byte> After => "\"}"u8;

    public static bool IsIn(in ChunkView chunk) => chunk.Calls is { Kind: JsonTokenType.StartArray, Value.Length: > 2 } || chunk.OldCall.Kind == JsonTokenType.StartObject;

    public void Take(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (chunk.Calls.Kind == JsonTokenType.StartArray)
        {
            var list = chunk.Calls.Value.In(payload);
            var reader = new JsonTokenReader(list, ChatRequestScanner.MaxDepth);
            reader.Read();
            for (var place = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; place++)
                Take(CallPiece.Read(ref reader, place), list, output);
        }

        if (chunk.OldCall.Kind != JsonTokenType.StartObject)
            return;
        var old = chunk.OldCall.Value.In(payload);
        var inside = new JsonTokenReader(old, ChatRequestScanner.MaxDepth);
        inside.Read();
        Take(CallPiece.ReadFunction(ref inside, OldCall), old, output);
    }

    /// <summary>Begins the calls whose names never came.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        foreach (var call in _calls.Values)
        {
            if (call.Block is null)
                Begin(call, output);
        }
    }

    private void Take(in CallPiece piece, ReadOnlySpan<byte> list, IBufferWriter<byte> output)
    {
        if (!_calls.TryGetValue(piece.Index, out var call))
            _calls.Add(piece.Index, call = new StreamCall(piece.Index));
        call.Id ??= ChunkView.Text(piece.Id, list);
        call.Name ??= ChunkView.Text(piece.Name, list);
        if (piece.Others.Kind == JsonTokenType.StartObject)
            call.Others ??= piece.Others.Value.In(list).ToArray();
        if (call.Block is null && call.Name is not null)
            Begin(call, output);
        if (ChunkView.HasText(piece.Arguments))
            AddArguments(call, ChunkView.Inside(piece.Arguments, list), output);
        else if (piece.Arguments.Kind == JsonTokenType.StartObject)
            AddArguments(call, JsonEncodedText.Encode(piece.Arguments.Value.In(list), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, output);
        if (piece.Extra.Kind == JsonTokenType.StartObject)
            blocks.Begin(output, StreamBlock.OfRedacted(ThinkingSeal.Data(IdOf(call), piece.Extra.Value.In(list))));
    }

    private void AddArguments(StreamCall call, ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        if (call.Block is not { } block)
        {
            call.Early.Write(raw);
            return;
        }

        blocks.Add(output, block, Before, raw, After);
        block.Follow(raw);
    }

    private void Begin(StreamCall call, IBufferWriter<byte> output)
    {
        call.Block = blocks.Begin(output, new StreamBlock(StreamBlockKind.Call, call.Index, StartOf(call)));
        if (call.Early.WrittenCount > 0)
            AddArguments(call, call.Early.WrittenSpan, output);
    }

    private byte[] StartOf(StreamCall call)
    {
        var start = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(start, MessagesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "tool_use"u8);
            writer.WriteString("id"u8, IdOf(call));
            writer.WriteString("name"u8, _names.Of(call.Name ?? ""));
            writer.WriteStartObject("input"u8);
            writer.WriteEndObject();
            if (call.Others is not null)
            {
                var members = new JsonMemberReader(call.Others);
                while (members.Read())
                    members.CopyTo(writer);
            }

            writer.WriteEndObject();
        }

        return start.WrittenSpan.ToArray();
    }

    private string IdOf(StreamCall call) => MessagesVocabulary.Legal(call.Id is { Length: > 0 } id ? id : $"call_{terms.RequestId}_{call.Index}");
}

/// <summary>A call of a stream.</summary>
internal sealed class StreamCall(int index)
{
    private ArrayBufferWriter<byte>? _early;

    public int Index => index;

    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary>What Anthropic's own block has beside them.</summary>
    public byte[]? Others { get; set; }

    /// <summary>Null until its name has come.</summary>
    public StreamBlock? Block { get; set; }

    /// <summary>Arguments that came before the name.</summary>
    public ArrayBufferWriter<byte> Early => _early ??= new ArrayBufferWriter<byte>();
}
