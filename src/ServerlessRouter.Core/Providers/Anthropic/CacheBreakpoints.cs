using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes the marks of the prompt cache, in the order in which the vendor reads the request: tools, system, messages. It takes four, and after one of five minutes none of an hour. Of more than four
/// the first and the last three stay: what never changes, and what grew. <paramref name="asked"/> is how many the request has.
/// </summary>
internal sealed class CacheBreakpoints(int asked, TranslationNotes notes)
{
    /// <summary>The vendor takes no more.</summary>
    public const int MaxMarks = 4;

    private bool _hasShort;
    private int _count;

    /// <summary>Writes <c>cache_control</c> into the open block, where it has one and the vendor would take it.</summary>
    public void Write(Utf8JsonWriter writer, JsonElement mark)
    {
        if (mark.ValueKind != JsonValueKind.Object)
            return;
        _count++;
        if (asked > MaxMarks && _count > 1 && _count <= asked - (MaxMarks - 1))
        {
            notes.Drop("cache_control", mark);
            return;
        }

        var isLong = AnthropicJson.Text(mark, "ttl") == "1h";
        if (isLong && _hasShort)
            notes.Change("cache_control.ttl", "1h", "5m");
        writer.WriteStartObject("cache_control");
        writer.WriteString("type", "ephemeral");
        if (isLong && !_hasShort)
            writer.WriteString("ttl", "1h");
        else if (AnthropicJson.Text(mark, "ttl") == "5m")
            writer.WriteString("ttl", "5m");
        writer.WriteEndObject();
        _hasShort |= !isLong;
    }
}
