using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What a message, or the events of a stream, say of its usage: Anthropic's counts in OpenAI's, and all else as it came.</summary>
/// <remarks>
/// Anthropic's input leaves out what the cache read and wrote, OpenAI's prompt includes both. Counts of a stream are totals so far, told by <c>message_start</c> and again by
/// <c>message_delta</c>: a later one replaces an earlier one, but a zero, null or none never does, because gateways fill in zeros where they know nothing.
/// </remarks>
internal sealed class AnthropicUsage
{
    // Two of them fit an int.
    private const double MaxCount = int.MaxValue / 4;

    private const int MaxOthers = 16;
    private const int MaxOtherLength = 4096;

    private int _input;
    private int _cached;
    private int _written;
    private int _hour;
    private int _output;
    private int _thinking;
    private decimal? _costUsd;
    private List<(string Name, string Json)>? _others;

    /// <summary>There is a count; without one the answer's usage is not known.</summary>
    public bool IsReported => (_input | _cached | _written | _output) > 0;

    /// <summary>Anthropic's tier in OpenAI's words, as far as they have one; null when none was told.</summary>
    public string? ServiceTier { get; private set; }

    public TokenUsage Counted => new(_input + _cached + _written, _output)
    {
        CachedTokens = _cached,
        CacheWriteTokens = _written,
        HourCacheWriteTokens = Math.Min(_hour, _written),
        ReasoningTokens = Math.Min(_thinking, _output),
        ReportedCostUsd = _costUsd,
        ServiceTier = ServiceTier,
    };

    /// <summary>The usage of a message, also of one that is cut short behind it; null when it tells none.</summary>
    public static TokenUsage? In(ReadOnlyMemory<byte> message)
    {
        try
        {
            var range = JsonMemberReader.Find(message.Span, "usage"u8);
            return range.IsEmpty ? null : Of(message.Slice(range.Start, range.Length));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a <c>usage</c> object tells; null when that is nothing.</summary>
    public static TokenUsage? Of(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var usage = new AnthropicUsage();
        _ = usage.Read(document.RootElement);
        return usage.IsReported ? usage.Counted : null;
    }

    /// <summary>Reads a <c>usage</c> object. Answers with the output tokens it tells; null when it tells none.</summary>
    public int? Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
            return null;
        Later(ref _input, Count(usage, "input_tokens") ?? Count(usage, "prompt_tokens"));
        Later(ref _cached, Count(usage, "cache_read_input_tokens"));
        var byLife = LooseJson.Member(usage, "cache_creation");
        Later(ref _written, Count(usage, "cache_creation_input_tokens") is > 0 and var written
            ? written
            : (Count(byLife, "ephemeral_5m_input_tokens") ?? 0) + (Count(byLife, "ephemeral_1h_input_tokens") ?? 0));
        Later(ref _hour, Count(byLife, "ephemeral_1h_input_tokens"));
        Later(ref _thinking, Count(LooseJson.Member(usage, "output_tokens_details"), "thinking_tokens"));
        var output = Count(usage, "output_tokens") ?? Count(usage, "completion_tokens");
        Later(ref _output, output);
        if (LooseJson.Number(usage, "cost") is >= 0 and < (double)decimal.MaxValue and var cost)
            _costUsd = (decimal)cost;
        if (LooseJson.Text(usage, "service_tier") is { Length: > 0 } tier)
            ServiceTier = tier == "standard" ? "default" : tier;
        ReadOthers(usage);
        return output;
    }

    /// <summary>Writes the <c>usage</c> object; <paramref name="counted"/> may be better than what the vendor told.</summary>
    public void Write(Utf8JsonWriter writer, in TokenUsage counted)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", counted.PromptTokens);
        writer.WriteNumber("completion_tokens", counted.CompletionTokens);
        writer.WriteNumber("total_tokens", counted.TotalTokens);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", counted.CachedTokens);
        writer.WriteNumber("cache_write_tokens", counted.CacheWriteTokens);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details");
        writer.WriteNumber("reasoning_tokens", counted.ReasoningTokens);
        writer.WriteEndObject();
        if (counted.ReportedCostUsd is { } cost)
            writer.WriteNumber("cost", cost);
        foreach (var (name, json) in _others ?? [])
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static int? Count(JsonElement parent, string name) => LooseJson.Number(parent, name) is { } number ? (int)Math.Clamp(number, 0, MaxCount) : null;

    private static void Later(ref int known, int? told)
    {
        if (told is > 0 and var count)
            known = count;
    }

    /// <summary>Keeps what is no token count as it came: what the vendor's own tools did, caches by their life, regions, and what it adds later.</summary>
    private void ReadOthers(JsonElement usage)
    {
        foreach (var member in usage.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || IsTranslated(member.Name))
                continue;
            var json = LooseJson.Raw(member.Value);
            _others ??= [];
            var known = _others.FindIndex(other => other.Name == member.Name);
            if (known >= 0)
                _others.RemoveAt(known);
            if (json.Length <= MaxOtherLength && _others.Count < MaxOthers)
                _others.Add((member.Name, json));
        }
    }

    private static bool IsTranslated(string name) => name is "input_tokens" or "output_tokens" or "cache_read_input_tokens" or "cache_creation_input_tokens"
        or "output_tokens_details" or "service_tier" or "cost"
        or "prompt_tokens" or "completion_tokens" or "total_tokens" or "prompt_tokens_details" or "completion_tokens_details";
}
