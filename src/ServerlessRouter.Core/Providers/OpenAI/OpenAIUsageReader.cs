using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a <c>usage</c> object with the details that OpenAI and those who follow it send.</summary>
internal static class OpenAIUsageReader
{
    /// <summary>From the object's opening brace to its closing one; null when it counts nothing.</summary>
    public static TokenUsage? Read(ref JsonTokenReader reader)
    {
        int? prompt = null, completion = null;
        int total = 0, cached = 0, written = 0, reasoning = 0;
        decimal? cost = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isTop = reader.CurrentDepth == depth + 1;
            if (isTop && reader.ValueTextEquals("prompt_tokens"u8))
                prompt = Count(ref reader);
            else if (isTop && reader.ValueTextEquals("completion_tokens"u8))
                completion = Count(ref reader);
            else if (isTop && reader.ValueTextEquals("total_tokens"u8))
                total = Count(ref reader) ?? 0;
            else if (reader.ValueTextEquals("cached_tokens"u8) || reader.ValueTextEquals("prompt_cache_hit_tokens"u8))
                cached = Math.Max(cached, Count(ref reader) ?? 0);
            else if (reader.ValueTextEquals("cache_write_tokens"u8) || (isTop && reader.ValueTextEquals("cache_creation_input_tokens"u8)))
                written = Math.Max(written, Count(ref reader) ?? 0);
            else if (reader.ValueTextEquals("reasoning_tokens"u8))
                reasoning = Math.Max(reasoning, Count(ref reader) ?? 0);
            else if (isTop && reader.ValueTextEquals("cost"u8))
                cost = Money(ref reader);
        }

        if (prompt is null && completion is null)
            return null;
        var counted = new TokenUsage(prompt ?? 0, completion ?? 0)
        {
            CachedTokens = cached,
            CacheWriteTokens = written,
            ReasoningTokens = reasoning,
            ReportedCostUsd = cost,
        };
        // xAI leaves reasoning out of the completion and counts it in the total only.
        return reasoning > 0 && (long)counted.PromptTokens + counted.CompletionTokens + reasoning == total
            ? counted with { CompletionTokens = counted.CompletionTokens + reasoning }
            : counted;
    }

    private static int? Count(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return null;
        }

        return reader.TryGetInt32(out var whole) ? Math.Max(0, whole) : (int)Math.Clamp(reader.GetDouble(), 0, int.MaxValue);
    }

    private static decimal? Money(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var money) && money >= 0)
            return money;
        reader.Skip();
        return null;
    }
}
