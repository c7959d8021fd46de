using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>What a response says of its usage: its counts under the names of chat completions, and all else as it came.</summary>
internal sealed class ResponsesUsage
{
    // Two of them fit an int.
    private const double MaxCount = int.MaxValue / 4;

    private const int MaxOthers = 16;
    private const int MaxOtherLength = 4096;

    private readonly List<(string Name, string Json)> _others = [];

    private ResponsesUsage(TokenUsage counted) => Counted = counted;

    public TokenUsage Counted { get; }

    /// <summary>Reads a <c>usage</c> object; null when it counts nothing.</summary>
    public static ResponsesUsage? Read(JsonElement usage)
    {
        if (CountsIn(usage) is not { } counted)
            return null;
        var read = new ResponsesUsage(counted);
        read.ReadOthers(usage);
        return read;
    }

    /// <summary>The usage of a response, also of one that is cut short behind it; null when it tells none.</summary>
    public static TokenUsage? In(ReadOnlyMemory<byte> response)
    {
        try
        {
            var range = JsonMemberReader.Find(response.Span, "usage"u8);
            return range.IsEmpty ? null : Of(response.Slice(range.Start, range.Length));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a <c>usage</c> object counts; null when that is nothing.</summary>
    public static TokenUsage? Of(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return CountsIn(document.RootElement);
    }

    /// <summary>Writes the <c>usage</c> object of a chat completion.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", Counted.PromptTokens);
        writer.WriteNumber("completion_tokens", Counted.CompletionTokens);
        writer.WriteNumber("total_tokens", Counted.TotalTokens);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", Counted.CachedTokens);
        if (Counted.CacheWriteTokens > 0)
            writer.WriteNumber("cache_write_tokens", Counted.CacheWriteTokens);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details");
        writer.WriteNumber("reasoning_tokens", Counted.ReasoningTokens);
        writer.WriteEndObject();
        if (Counted.ReportedCostUsd is { } cost)
            writer.WriteNumber("cost", cost);
        foreach (var (name, json) in _others)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static TokenUsage? CountsIn(JsonElement usage)
    {
        var input = Count(usage, "input_tokens") ?? Count(usage, "prompt_tokens");
        var output = Count(usage, "output_tokens") ?? Count(usage, "completion_tokens");
        if (input is not > 0 && output is not > 0)
            return null;
        var inputs = LooseJson.Member(usage, "input_tokens_details");
        return new TokenUsage(input ?? 0, output ?? 0)
        {
            CachedTokens = Math.Min(Count(inputs, "cached_tokens") ?? 0, input ?? 0),
            CacheWriteTokens = Count(inputs, "cache_write_tokens") ?? 0,
            ReasoningTokens = Math.Min(Count(LooseJson.Member(usage, "output_tokens_details"), "reasoning_tokens") ?? 0, output ?? 0),
            ReportedCostUsd = LooseJson.Number(usage, "cost") is >= 0 and < (double)decimal.MaxValue and var cost ? (decimal)cost : null,
        };
    }

    private static int? Count(JsonElement parent, string name) => LooseJson.Number(parent, name) is { } number ? (int)Math.Clamp(number, 0, MaxCount) : null;

    private void ReadOthers(JsonElement usage)
    {
        foreach (var member in usage.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || _others.Count >= MaxOthers || IsTranslated(member.Name))
                continue;
            var json = LooseJson.Raw(member.Value);
            if (json.Length <= MaxOtherLength && !_others.Exists(other => other.Name == member.Name))
                _others.Add((member.Name, json));
        }
    }

    private static bool IsTranslated(string name) => name is "input_tokens" or "output_tokens" or "total_tokens" or "input_tokens_details" or "output_tokens_details" or "cost"
        or "prompt_tokens" or "completion_tokens" or "prompt_tokens_details" or "completion_tokens_details";
}
