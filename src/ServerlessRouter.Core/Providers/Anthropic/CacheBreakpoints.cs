using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes the marks of the prompt cache, in the order in which the vendor reads the request: tools, system, messages, and last the request's own. It takes four, and after one of five minutes none of an hour. Of
/// more the first and the last stay: what never changes, and what grew.
/// </summary>
/// <param name="asked">How many stand in the request's blocks.</param>
/// <param name="automatic">The request's own mark, by which the vendor marks the last block itself; it counts as one of the four.</param>
/// <param name="notes">Takes what is left out.</param>
internal sealed class CacheBreakpoints(int asked, JsonElement automatic, TranslationNotes notes)
{
    /// <summary>The vendor takes no more.</summary>
    public const int MaxMarks = 4;

    private readonly int _most = automatic.ValueKind == JsonValueKind.Object ? MaxMarks - 1 : MaxMarks;

    private bool _hasShort;
    private int _count;

    /// <summary>Writes <c>cache_control</c> into the open block, where it has one and the vendor would take it.</summary>
    public void Write(Utf8JsonWriter writer, JsonElement mark)
    {
        if (mark.ValueKind != JsonValueKind.Object)
            return;
        _count++;
        if (asked > _most && _count > 1 && _count <= asked - (_most - 1))
            notes.Drop("cache_control", mark);
        else
            WriteMark(writer, mark);
    }

    /// <summary>Writes the request's own mark, where it has one.</summary>
    public void WriteAutomatic(Utf8JsonWriter writer)
    {
        if (automatic.ValueKind == JsonValueKind.Object)
            WriteMark(writer, automatic);
        else if (automatic.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            notes.Drop("cache_control", automatic);
    }

    private void WriteMark(Utf8JsonWriter writer, JsonElement mark)
    {
        var isLong = LooseJson.Text(mark, "ttl") == "1h";
        if (isLong && _hasShort)
            notes.Change("cache_control.ttl", "1h", "5m");
        writer.WriteStartObject("cache_control");
        writer.WriteString("type", "ephemeral");
        if (isLong && !_hasShort)
            writer.WriteString("ttl", "1h");
        else if (LooseJson.Text(mark, "ttl") == "5m")
            writer.WriteString("ttl", "5m");
        writer.WriteEndObject();
        _hasShort |= !isLong;
    }
}
