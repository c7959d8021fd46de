using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a <c>usage</c> object with the details that OpenAI and those who follow it send, and makes its counts agree with each other.</summary>
internal static class OpenAIUsageReader
{
    /// <summary>No model thinks longer; a total that says more is no count.</summary>
    private const int MaxHiddenTokens = 1_000_000;

    /// <summary>xAI tells its cost in these.</summary>
    private const decimal TicksPerUsd = 10_000_000_000m;

    /// <summary>From the object's opening brace to its closing one; null when it counts nothing.</summary>
    public static TokenUsage? Read(ref JsonTokenReader reader)
    {
        int? prompt = null, completion = null;
        int total = 0, cached = 0, written = 0, hour = 0, reasoning = 0;
        decimal? cost = null;
        var (isByok, upstream) = (false, 0m);
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
            else if (reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
                hour = Math.Max(hour, Count(ref reader) ?? 0);
            else if (reader.ValueTextEquals("reasoning_tokens"u8))
                reasoning = Math.Max(reasoning, Count(ref reader) ?? 0);
            else if (isTop ? reader.ValueTextEquals("cost"u8) : reader.ValueTextEquals("total_cost"u8))
                cost = Money(ref reader) ?? cost;
            else if (isTop && reader.ValueTextEquals("cost_in_usd_ticks"u8))
                cost = Money(ref reader) / TicksPerUsd ?? cost;
            else if (isTop && reader.ValueTextEquals("is_byok"u8))
                isByok = reader.Read() && reader.TokenType == JsonTokenType.True;
            else if (reader.ValueTextEquals("upstream_inference_cost"u8))
                upstream = Money(ref reader) ?? 0;
        }

        if (prompt is null && completion is null)
            return null;
        return new TokenUsage(prompt ?? 0, Answered(prompt ?? 0, completion ?? 0, reasoning, total))
        {
            CachedTokens = cached,
            CacheWriteTokens = Math.Max(written, hour),
            HourCacheWriteTokens = hour,
            ReasoningTokens = reasoning,
            ReportedCostUsd = isByok && cost is { } fee ? Sums.Usd(fee, upstream) : cost,
        };
    }

    /// <summary>
    /// xAI and Gemini leave reasoning out of the completion and count it in the total; Gemini does not tell it otherwise. Both bill it as answer. Where there is no total, more
    /// reasoning than completion cannot be part of it.
    /// </summary>
    private static int Answered(int prompt, int completion, int reasoning, int total)
    {
        var hidden = (long)total - prompt - completion;
        if (hidden is > 0 and <= MaxHiddenTokens)
            return completion + (int)hidden;
        return reasoning > completion ? (int)Math.Min(int.MaxValue, (long)completion + reasoning) : completion;
    }

    private static int? Count(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var whole) ? Told(whole) : Told(reader.GetDouble());
        // Some gateways write their counts as texts.
        if (reader.TokenType == JsonTokenType.String && Utf8Parser.TryParse(reader.ValueSpan, out double text, out var length) && length == reader.ValueSpan.Length)
            return Told(text);
        reader.Skip();
        return null;
    }

    /// <summary>A negative count is none.</summary>
    private static int? Told(double count) => count >= 0 ? (int)Math.Min(count, int.MaxValue) : null;

    /// <summary>Null for what is no amount; an object is left to be read member by member.</summary>
    private static decimal? Money(ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var money) && money >= 0)
            return money;
        if (reader.TokenType == JsonTokenType.String && Utf8Parser.TryParse(reader.ValueSpan, out decimal text, out var length) && length == reader.ValueSpan.Length && text >= 0)
            return text;
        if (reader.TokenType != JsonTokenType.StartObject)
            reader.Skip();
        return null;
    }
}

/// <summary>Finds the usage of an answer of which only the end is kept, because it is too large.</summary>
internal static class UsageInTail
{
    /// <summary>Null when there is none to be found.</summary>
    public static TokenUsage? Find(ReadOnlySpan<byte> tail)
    {
        var name = "\"usage\""u8;
        var at = tail.LastIndexOf(name);
        if (at < 0)
            return null;
        var value = tail[(at + name.Length)..].TrimStart(" \t\r\n:"u8);
        var reader = new JsonTokenReader(value);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? OpenAIUsageReader.Read(ref reader) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
