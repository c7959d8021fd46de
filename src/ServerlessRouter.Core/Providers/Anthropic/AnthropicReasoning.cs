using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes thinking in the two forms in which callers keep it and send it back: OpenRouter's <c>reasoning_details</c> and LiteLLM's <c>thinking_blocks</c>. A thinking block goes
/// back to the vendor unchanged or not at all, so its signature is carried. In streams each fragment says which block it belongs to, and the first of a block which format it has:
/// clients that put fragments together join texts, and a format told twice would be another.
/// </summary>
internal static class AnthropicReasoning
{
    /// <summary>OpenRouter's name for Anthropic's way of signing.</summary>
    public const string Format = "anthropic-claude-v1";

    /// <summary>One entry of <c>reasoning_details</c>: a thinking block, or a fragment of one.</summary>
    public static void WriteDetail(Utf8JsonWriter writer, int place, string? text, string? signature, bool isFirst = true)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "reasoning.text");
        if (text is not null)
            writer.WriteString("text", text);
        if (signature is not null)
            writer.WriteString("signature", signature);
        End(writer, place, isFirst);
    }

    /// <summary>One entry of <c>reasoning_details</c>: thinking that the vendor encrypted.</summary>
    public static void WriteEncryptedDetail(Utf8JsonWriter writer, int place, string data)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "reasoning.encrypted");
        writer.WriteString("data", data);
        End(writer, place, isFirst: true);
    }

    /// <summary>One entry of <c>thinking_blocks</c>: a block, or with its place a fragment of one, which has both texts as LiteLLM's have.</summary>
    public static void WriteBlock(Utf8JsonWriter writer, string? thinking, string? signature, int? place = null)
    {
        StartBlock(writer, "thinking", place);
        writer.WriteString("thinking", thinking ?? "");
        if (signature is not null || place is not null)
            writer.WriteString("signature", signature ?? "");
        writer.WriteEndObject();
    }

    /// <summary>One entry of <c>thinking_blocks</c>: thinking that the vendor encrypted.</summary>
    public static void WriteRedactedBlock(Utf8JsonWriter writer, string data, int? place = null)
    {
        StartBlock(writer, "redacted_thinking", place);
        writer.WriteString("data", data);
        writer.WriteEndObject();
    }

    private static void StartBlock(Utf8JsonWriter writer, string type, int? place)
    {
        writer.WriteStartObject();
        if (place is { } index)
            writer.WriteNumber("index", index);
        writer.WriteString("type", type);
    }

    private static void End(Utf8JsonWriter writer, int place, bool isFirst)
    {
        if (isFirst)
            writer.WriteString("format", Format);
        writer.WriteNumber("index", place);
        writer.WriteEndObject();
    }
}
