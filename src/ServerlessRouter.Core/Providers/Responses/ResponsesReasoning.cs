using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Writes reasoning as OpenRouter's <c>reasoning_details</c>, which callers keep and send back. Each entry has its place among them, and in streams the fragments of one entry have the
/// same: clients that put fragments together join texts, so only the first says its format.
/// </summary>
internal static class ResponsesReasoning
{
    /// <summary>Writes the entries of whole items.</summary>
    public static void WriteDetails(Utf8JsonWriter writer, List<JsonElement> items, string? origin)
    {
        if (items.Count == 0)
            return;
        var place = 0;
        writer.WriteStartArray("reasoning_details");
        foreach (var item in items)
        {
            foreach (var text in Texts(item, "summary"))
                WriteDetail(writer, ReasoningEntry.Summary, place++, text, isFirst: true);
            foreach (var text in Texts(item, "content"))
                WriteDetail(writer, ReasoningEntry.Text, place++, text, isFirst: true);
            if (SealOf(item) is { } data)
                WriteSeal(writer, place++, data, SealOrigin.Mark(LooseJson.Text(item, "id"), origin));
        }

        writer.WriteEndArray();
    }

    /// <summary>One entry that can be read, or a fragment of one.</summary>
    public static void WriteDetail(Utf8JsonWriter writer, ReasoningEntry entry, int place, string text, bool isFirst)
    {
        writer.WriteStartObject();
        writer.WriteString("type", entry == ReasoningEntry.Summary ? "reasoning.summary" : "reasoning.text");
        writer.WriteString(entry == ReasoningEntry.Summary ? "summary" : "text", text);
        if (isFirst)
            writer.WriteString("format", ResponsesVocabulary.ReasoningFormat);
        writer.WriteNumber("index", place);
        writer.WriteEndObject();
    }

    /// <summary>The entry that carries what the vendor encrypted.</summary>
    public static void WriteSeal(Utf8JsonWriter writer, int place, string data, string? id)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "reasoning.encrypted");
        writer.WriteString("data", data);
        if (id is not null)
            writer.WriteString("id", id);
        writer.WriteString("format", ResponsesVocabulary.ReasoningFormat);
        writer.WriteNumber("index", place);
        writer.WriteEndObject();
    }

    /// <summary>What the vendor encrypted of an item; null where it has none.</summary>
    public static string? SealOf(JsonElement item) => LooseJson.Text(item, "encrypted_content") is { Length: > 0 } data ? data : null;

    /// <summary>The texts of an item's <c>summary</c> or <c>content</c>.</summary>
    public static IEnumerable<string> Texts(JsonElement item, string name) =>
        LooseJson.Member(item, name) is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray().Select(ResponsesOutput.TextOf).OfType<string>().Where(static text => text.Length > 0) : [];
}

/// <summary>An entry of <c>reasoning_details</c> that can be read.</summary>
internal enum ReasoningEntry
{
    /// <summary>What the vendor tells of it.</summary>
    Summary,

    /// <summary>The reasoning itself, which open models show.</summary>
    Text,
}
