using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Anthropic's words and counts in OpenAI's.</summary>
internal static class AnthropicVocabulary
{
    public static string FinishReason(string? stopReason) => stopReason switch
    {
        "max_tokens" or "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",
    };

    /// <summary>
    /// Anthropic's input leaves out what the cache read and wrote, OpenAI's prompt includes both. A count that a later report leaves out stays as it was, so
    /// <paramref name="before"/> is what the stream said first.
    /// </summary>
    public static TokenUsage Usage(JsonElement usage, in TokenUsage before)
    {
        var cached = Later(usage, "cache_read_input_tokens", before.CachedTokens);
        var written = Later(usage, "cache_creation_input_tokens", before.CacheWriteTokens);
        var plain = Later(usage, "input_tokens", before.PromptTokens - before.CachedTokens - before.CacheWriteTokens);
        return new TokenUsage(plain + cached + written, Later(usage, "output_tokens", before.CompletionTokens)) { CachedTokens = cached, CacheWriteTokens = written };
    }

    /// <summary>What a message says of its usage, also one that is cut short behind it; null when it says nothing.</summary>
    public static TokenUsage? UsageIn(ReadOnlyMemory<byte> message)
    {
        try
        {
            var range = JsonMemberReader.Find(message.Span, "usage"u8);
            if (range.IsEmpty || message.Span[range.Start] != (byte)'{')
                return null;
            using var usage = JsonDocument.Parse(message.Slice(range.Start, range.Length));
            return Usage(usage.RootElement, default) is { TotalTokens: > 0 } counted ? counted : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static void WriteUsage(Utf8JsonWriter writer, in TokenUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", usage.PromptTokens);
        writer.WriteNumber("completion_tokens", usage.CompletionTokens);
        writer.WriteNumber("total_tokens", usage.TotalTokens);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", usage.CachedTokens);
        writer.WriteNumber("cache_write_tokens", usage.CacheWriteTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static int Later(JsonElement usage, string name, int before) =>
        AnthropicJson.Member(usage, name).ValueKind == JsonValueKind.Number ? AnthropicJson.Count(usage, name) : before;
}
