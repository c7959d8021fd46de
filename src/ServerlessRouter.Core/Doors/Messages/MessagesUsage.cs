using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes <c>usage</c>: Anthropic's input leaves out what the cache read and wrote, OpenAI's prompt includes both. Members that OpenAI's usage has not, the router's cost among them, stay as they are.</summary>
internal static class MessagesUsage
{
    private static readonly HashSet<string> Translated = new(StringComparer.Ordinal)
    {
        "prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details", "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
        "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "output_tokens_details", "service_tier",
    };

    /// <summary>Writes the member into an open object.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="usage">OpenAI's; undefined where the vendor sent none.</param>
    /// <param name="tier">The answer's <c>service_tier</c>; null where it tells none.</param>
    /// <param name="promptTokens">Stands for the prompt where the vendor counted none.</param>
    public static void Write(Utf8JsonWriter writer, JsonElement usage, string? tier, int promptTokens)
    {
        var details = ElementJson.Member(usage, "prompt_tokens_details"u8);
        var prompt = ElementJson.Count(usage, "prompt_tokens"u8) ?? promptTokens;
        var read = ElementJson.Count(details, "cached_tokens"u8) ?? ElementJson.Count(usage, "prompt_cache_hit_tokens"u8) ?? 0;
        var written = ElementJson.Count(details, "cache_write_tokens"u8) ?? 0;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, Math.Max(0, (long)prompt - read - written));
        writer.WriteNumber("cache_creation_input_tokens"u8, written);
        writer.WriteNumber("cache_read_input_tokens"u8, read);
        writer.WriteNumber("output_tokens"u8, ElementJson.Count(usage, "completion_tokens"u8) ?? 0);
        if (ElementJson.Count(ElementJson.Member(usage, "completion_tokens_details"u8), "reasoning_tokens"u8) is > 0 and var thinking)
        {
            writer.WriteStartObject("output_tokens_details"u8);
            writer.WriteNumber("thinking_tokens"u8, thinking);
            writer.WriteEndObject();
        }

        if (tier is not null)
            writer.WriteString("service_tier"u8, MessagesVocabulary.Tier(tier));
        WriteOthers(writer, usage);
        writer.WriteEndObject();
    }

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in usage.EnumerateObject())
        {
            if (Translated.Contains(member.Name))
                continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
        }
    }
}
