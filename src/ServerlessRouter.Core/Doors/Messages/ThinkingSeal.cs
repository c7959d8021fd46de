using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>What one thinking block is signed with: Anthropic's own signature, or what its vendor wants back with it, which <see cref="ForeignThinking"/> carries.</summary>
internal sealed class ThinkingSeal
{
    private const string AnthropicFormat = "anthropic-claude-v1";

    private string? _type;
    private string? _id;
    private string? _format;
    private string? _signature;
    private int? _index;
    private string? _field;

    /// <summary>Thinking that came as a bare text in a field of the message.</summary>
    public static ThinkingSeal OfField(string field) => new() { _field = field };

    /// <summary>Thinking that came in <c>thinking_blocks</c>, which Anthropic's alone does.</summary>
    public static ThinkingSeal OfAnthropic() => new() { _format = AnthropicFormat };

    /// <summary>Reads an entry of <c>reasoning_details</c>, or a fragment of one.</summary>
    public void Read(JsonElement entry)
    {
        _type ??= ElementJson.Text(entry, "type"u8);
        _id ??= ElementJson.Text(entry, "id"u8);
        _format ??= ElementJson.Text(entry, "format"u8);
        _index ??= ElementJson.Count(entry, "index"u8);
        if (ElementJson.Text(entry, "signature"u8) is { Length: > 0 } signature)
            _signature = signature;
    }

    public void Sign(string signature) => _signature = signature;

    /// <summary>Whether Anthropic is not known to be another vendor.</summary>
    public static bool IsAnthropics(string? format) => format is null or "" or "unknown" or AnthropicFormat;

    /// <summary>What stands in <c>signature</c>; empty where nothing is to be carried.</summary>
    public ReadOnlySpan<byte> Signature()
    {
        if (_signature is not null && IsAnthropics(_format))
            return Encoding.UTF8.GetBytes(_signature);
        if (_field is not null)
            return _field == "reasoning" ? ForeignThinking.Encode("{\"field\":\"reasoning\"}"u8) : default;
        if (_type is null || _format == AnthropicFormat)
            return default;
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, MessagesDoor.WriterOptions))
            WriteDetail(writer);
        return ForeignThinking.Encode(json.WrittenSpan);
    }

    /// <summary>What stands in <c>data</c> of a redacted block for an encrypted entry.</summary>
    public static ReadOnlySpan<byte> Data(JsonElement entry)
    {
        if (IsAnthropics(ElementJson.Text(entry, "format"u8)) && ElementJson.Text(entry, "data"u8) is { } data)
            return Encoding.UTF8.GetBytes(data);
        return ForeignThinking.Encode([.. "{\"detail\":"u8, .. ElementJson.Raw(entry), (byte)'}']);
    }

    /// <summary>What stands in <c>data</c> of a redacted block for what a vendor put beside a call.</summary>
    public static ReadOnlySpan<byte> Data(string call, ReadOnlySpan<byte> extraContent)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, MessagesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("call"u8, call);
            writer.WriteStartObject("members"u8);
            writer.WritePropertyName("extra_content"u8);
            writer.WriteRawValue(extraContent, skipInputValidation: true);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return ForeignThinking.Encode(json.WrittenSpan);
    }

    private void WriteDetail(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("detail"u8);
        writer.WriteString("type"u8, _type);
        if (_id is not null)
            writer.WriteString("id"u8, _id);
        if (_format is not null)
            writer.WriteString("format"u8, _format);
        if (_signature is not null)
            writer.WriteString("signature"u8, _signature);
        if (_index is { } index)
            writer.WriteNumber("index"u8, index);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
