using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Reasoning of an earlier turn, read back from <c>reasoning_details</c>, whole or as the fragments of a stream that a client put one behind the other. Nothing is kept at the vendor, so
/// only what it encrypted can go up, and its id, under which the vendor would look for it, must not.
/// </summary>
/// <param name="Data">What the vendor encrypted.</param>
/// <param name="Summary">What it told of it; empty for nothing.</param>
internal sealed record ReasoningItem(string Data, string Summary)
{
    /// <summary>The items of an assistant's message that <paramref name="origin"/> sealed, or no one knows who; not <paramref name="isWhole"/> when it has reasoning that cannot go up.</summary>
    public static List<ReasoningItem> Read(JsonElement message, string? origin, out bool isWhole)
    {
        var items = new List<ReasoningItem>();
        isWhole = true;
        var summary = new StringBuilder();
        if (LooseJson.Member(message, "reasoning_details") is { ValueKind: JsonValueKind.Array } entries)
        {
            foreach (var entry in entries.EnumerateArray())
                isWhole &= Take(entry, origin, summary, items);
        }

        isWhole &= summary.Length == 0 && (items.Count > 0 || !HasText(message));
        return items;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "reasoning");
        // Required, if only as an empty list.
        writer.WriteStartArray("summary");
        if (Summary.Length > 0)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "summary_text");
            writer.WriteString("text", Summary);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("encrypted_content", Data);
        writer.WriteEndObject();
    }

    /// <summary>False for another vendor's. A summary belongs to the next encrypted content; clients may have put both into one entry.</summary>
    private static bool Take(JsonElement entry, string? origin, StringBuilder summary, List<ReasoningItem> items)
    {
        var isSealed = LooseJson.Text(entry, "data") is { Length: > 0 };
        // In a stream only the first fragment of a summary says its format.
        if (LooseJson.Text(entry, "format") is { Length: > 0 } format ? format != ResponsesVocabulary.ReasoningFormat : isSealed)
            return false;
        if (LooseJson.Text(entry, "type") is not ("reasoning.summary" or "reasoning.encrypted"))
            return false;
        summary.Append(LooseJson.Text(entry, "summary"));
        if (LooseJson.Text(entry, "data") is not { Length: > 0 } data)
            return true;
        if (!SealOrigin.MayOpen(origin, LooseJson.Text(entry, "id")))
        {
            summary.Clear();
            return false;
        }

        items.Add(new ReasoningItem(data, summary.ToString()));
        summary.Clear();
        return true;
    }

    private static bool HasText(JsonElement message) => LooseJson.Text(message, "reasoning_content") is { Length: > 0 } || LooseJson.Text(message, "reasoning") is { Length: > 0 };
}
