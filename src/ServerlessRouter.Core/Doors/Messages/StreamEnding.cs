using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Collects what the end of a stream tells, and writes it: why it ended, what it used, and the router's own.</summary>
internal sealed class StreamEnding(DoorTerms terms)
{
    private byte[]? _usage;
    private byte[]? _metadata;
    private byte[]? _stopDetails;
    private byte[]? _container;
    private byte[]? _contextManagement;
    private string? _tier;
    private string? _finish;
    private string? _native;
    private string? _sequence;

    public void Take(in ChunkView chunk, ReadOnlySpan<byte> payload)
    {
        if (chunk.Usage.Kind == JsonTokenType.StartObject)
            _usage = chunk.Usage.Value.In(payload).ToArray();
        if (chunk.Metadata.Kind == JsonTokenType.StartObject)
            _metadata = chunk.Metadata.Value.In(payload).ToArray();
        _tier ??= ChunkView.Text(chunk.Tier, payload);
        if (ChunkView.Text(chunk.FinishReason, payload) is not { } finish)
            return;
        (_finish, _native) = (finish, ChunkView.Text(chunk.NativeReason, payload));
        // vLLM and others tell there which sequence it was.
        if (finish == "stop")
            _sequence ??= ChunkView.Text(chunk.StopReason, payload);
    }

    /// <summary>What Anthropic's own events told besides, under LiteLLM's name for such things.</summary>
    public void TakeOwn(JsonElement fields)
    {
        _sequence = ElementJson.Text(fields, "stop_sequence"u8) ?? _sequence;
        Keep(ref _stopDetails, ElementJson.Member(fields, "stop_details"u8));
        Keep(ref _container, ElementJson.Member(fields, "container"u8));
        Keep(ref _contextManagement, ElementJson.Member(fields, "context_management"u8));
    }

    public void Write(IBufferWriter<byte> output, bool hasCalls)
    {
        output.Write("event: message_delta\ndata: "u8);
        using var usage = _usage is null ? null : JsonDocument.Parse(_usage, MessagesDoor.AnswerOptions);
        using (var writer = new Utf8JsonWriter(output, MessagesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message_delta"u8);
            writer.WriteStartObject("delta"u8);
            writer.WriteString("stop_reason"u8, MessagesVocabulary.StopReason(_finish, _native, hasCalls, _sequence is not null));
            writer.WriteString("stop_sequence"u8, _sequence);
            Write(writer, "stop_details"u8, _stopDetails);
            Write(writer, "container"u8, _container);
            writer.WriteEndObject();
            Write(writer, "context_management"u8, _contextManagement);
            MessagesUsage.Write(writer, usage?.RootElement ?? default, _tier, terms.PromptTokens);
            Write(writer, "router_metadata"u8, _metadata);
            writer.WriteEndObject();
        }

        output.Write("\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    private static void Keep(ref byte[]? kept, JsonElement value)
    {
        if (ElementJson.IsSent(value))
            kept = ElementJson.Raw(value).ToArray();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[]? json)
    {
        if (json is null)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}
