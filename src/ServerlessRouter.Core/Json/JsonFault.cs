using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ServerlessRouter.Json;

/// <summary>Why a text is not JSON, in words that need no knowledge of a parser.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 code units, as editors count.</param>
/// <param name="Message">What stands there and what to write instead, as sentences. Of the text itself it quotes at most the name of a member.</param>
public sealed record JsonFault(int Line, int Column, string Message)
{
    private static ReadOnlySpan<byte> LittleEndianMark => [0xFF, 0xFE];

    private static ReadOnlySpan<byte> BigEndianMark => [0xFE, 0xFF];

    /// <summary>The first fault of a text; null when a <see cref="Utf8JsonReader"/> with these options accepts it and every string in it can be decoded.</summary>
    /// <remarks>It reads the whole text again and counts lines, so it is for texts that were refused.</remarks>
    public static JsonFault? Find(ReadOnlySpan<byte> text, JsonReaderOptions options = default)
    {
        if (text.StartsWith(LittleEndianMark) || text.StartsWith(BigEndianMark))
            return new JsonFault(1, 1, "The text is UTF-16; save it as UTF-8.");
        if (!Utf8.IsValid(text))
            return At(text, FirstInvalidByte(text), "The text is not UTF-8 from here on; save it as UTF-8.");
        return JsonFaultSearch.Run(text, options, out var message) is { } place ? At(text, place, message) : null;
    }

    /// <summary>The place and the fault of a text that a reader with these options refused, to go on with behind a colon.</summary>
    public static string Explain(ReadOnlySpan<byte> text, JsonReaderOptions options = default) => Find(text, options)?.ToString() ?? "it cannot be read.";

    public override string ToString() => $"line {Line}, column {Column}: {Message}";

    private static JsonFault At(ReadOnlySpan<byte> text, int place, string message)
    {
        var before = text[..place];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new JsonFault(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1, message);
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        var place = 0;
        while (place < text.Length && Rune.DecodeFromUtf8(text[place..], out _, out var length) == OperationStatus.Done)
            place += length;
        return place;
    }
}
