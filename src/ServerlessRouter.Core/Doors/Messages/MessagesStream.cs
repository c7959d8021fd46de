using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes a stream of chat chunks as the events of a message: <c>message_start</c> and <c>ping</c>, the content blocks, and at the end <c>message_delta</c> and <c>message_stop</c>. Of a chunk come 1 thinking, 2 blocks of the
/// vendor's own tools, 3 text, 4 calls, 5 what the end tells. Texts are copied as they stand in the chunk.
/// </summary>
internal sealed class MessagesStream(DoorTerms terms) : DoorStream
{
    private readonly StreamBlocks _blocks = new();
    private readonly StreamEnding _ending = new(terms);
    private readonly UsualChunk _usual = new();
    private StreamThinking? _thinking;
    private StreamCalls? _calls;
    private StreamOwnFields? _own;
    private byte[]? _blank;
    private bool _isStarted;
    private bool _isOver;

    private static ReadOnlySpan<byte> Data => "data:"u8;

    public override void Take(ReadOnlyMemory<byte> batch, IBufferWriter<byte> output)
    {
        var rest = batch.Span;
        while (!rest.IsEmpty && !_isOver)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.StartsWith(Data) && line[Data.Length..].Trim(" \r"u8) is [(byte)'{', ..] payload)
                TakePayload(payload, output);
        }
    }

    public override void End(IBufferWriter<byte> output)
    {
        if (_isOver)
            return;
        Start(default, default, output);
        _calls?.Finish(output);
        _blocks.Finish(output);
        _ending.Write(output, _calls is { HasAny: true });
        _isOver = true;
    }

    private void TakePayload(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        try
        {
            if (_usual.TryRead(payload, out var text))
            {
                if (!text.IsEmpty)
                    AddText(text.In(payload), output);
                return;
            }

            var chunk = ChunkView.Read(payload);
            Take(chunk, payload, output);
            if (chunk.IsTextAlone)
                _usual.Learn(payload, new JsonRange(chunk.Content.Value.Start + 1, chunk.Content.Value.Length - 2));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The router passes over what is no JSON, and ends the stream with an error where that counts.
        }
    }

    private void Take(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (chunk.Error.Kind == JsonTokenType.StartObject)
        {
            using var error = JsonDocument.Parse(chunk.Error.Value.In(payload).ToArray(), MessagesDoor.ParseOptions);
            MessagesErrors.WriteEvent(MessagesErrors.Read(error.RootElement), terms.RequestId, output);
            _isOver = true;
            return;
        }

        Start(chunk, payload, output);
        if (StreamThinking.IsIn(chunk))
            (_thinking ??= new StreamThinking(_blocks)).Take(chunk, payload, output);
        if (chunk.Others.Kind == JsonTokenType.StartObject)
            (_own ??= new StreamOwnFields(_blocks, _ending)).TakeBlocks(chunk.Others.Value.In(payload), output);
        if (ChunkView.HasText(chunk.Content))
            AddText(ChunkView.Inside(chunk.Content, payload), output);
        else if (chunk.Content.Kind == JsonTokenType.StartArray)
            AddParts(chunk.Content.Value.In(payload), output);
        if (ChunkView.HasText(chunk.Refusal))
            AddText(ChunkView.Inside(chunk.Refusal, payload), output);
        if (chunk.Others.Kind == JsonTokenType.StartObject || chunk.Annotations.Kind == JsonTokenType.StartArray)
            (_own ??= new StreamOwnFields(_blocks, _ending)).TakeCitations(chunk, payload, output);
        if (StreamCalls.IsIn(chunk))
            (_calls ??= new StreamCalls(_blocks, terms)).Take(chunk, payload, output);
        _ending.Take(chunk, payload);
        if (!ChunkView.HasText(chunk.FinishReason))
            return;
        _calls?.Finish(output);
        _blocks.Finish(output);
    }

    /// <summary>White space alone begins no block: Anthropic takes no blank texts back.</summary>
    private void AddText(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        if (_blank is not null || (!_blocks.IsIn(StreamBlockKind.Text) && IsBlank(raw)))
        {
            _blank = [.. _blank ?? [], .. raw];
            if (IsBlank(raw) && !_blocks.IsIn(StreamBlockKind.Text))
                return;
            raw = _blank;
            _blank = null;
        }

        var block = _blocks.At(output, StreamBlockKind.Text, 0, static key => StreamBlock.OfText(key));
        _blocks.Add(output, block, "{\"type\":\"text_delta\",\"text\":\""u8, raw, "\"}"u8);
    }

    private static bool IsBlank(ReadOnlySpan<byte> raw)
    {
        while (raw is [(byte)' ', ..] or [(byte)'\\', (byte)'n' or (byte)'r' or (byte)'t', ..])
            raw = raw[(raw[0] == ' ' ? 1 : 2)..];
        return raw.IsEmpty;
    }

    private void AddParts(ReadOnlySpan<byte> parts, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(parts.ToArray(), MessagesDoor.ParseOptions);
        foreach (var part in document.RootElement.EnumerateArray())
        {
            if (ElementJson.Member(part, "text"u8) is { ValueKind: JsonValueKind.String } text)
                AddText(ElementJson.Inside(text), output);
        }
    }

    private void Start(in ChunkView chunk, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (_isStarted)
            return;
        _isStarted = true;
        output.Write("event: message_start\ndata: "u8);
        using (var writer = new Utf8JsonWriter(output, MessagesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message_start"u8);
            writer.WriteStartObject("message"u8);
            writer.WriteString("id"u8, MessagesVocabulary.MessageId(ChunkView.Text(chunk.Id, payload), terms.RequestId));
            writer.WriteString("type"u8, "message"u8);
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteString("model"u8, ChunkView.Text(chunk.Model, payload) ?? terms.Model);
            writer.WriteStartArray("content"u8);
            writer.WriteEndArray();
            writer.WriteNull("stop_reason"u8);
            writer.WriteNull("stop_sequence"u8);
            // What it was is known at the end; clients show this one until then.
            writer.WriteStartObject("usage"u8);
            writer.WriteNumber("input_tokens"u8, terms.PromptTokens);
            writer.WriteNumber("cache_creation_input_tokens"u8, 0);
            writer.WriteNumber("cache_read_input_tokens"u8, 0);
            writer.WriteNumber("output_tokens"u8, 0);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        output.Write("\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"u8);
    }
}
