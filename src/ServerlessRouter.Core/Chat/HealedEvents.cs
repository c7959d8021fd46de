using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Writes the events of a whole stream of chat completions anew with other texts: the first piece of a choice becomes all of its text, the others become empty.</summary>
internal static class HealedEvents
{
    /// <param name="events">Each is one <c>data:</c> line and a blank one.</param>
    /// <param name="texts">By the choice's index.</param>
    public static byte[] Write(ReadOnlyMemory<byte> events, IReadOnlyDictionary<int, ReadOnlyMemory<byte>> texts)
    {
        var output = new ArrayBufferWriter<byte>(events.Length + 64);
        var told = new HashSet<int>();
        foreach (var range in events.Span.Split((byte)'\n'))
        {
            var line = events[range];
            if (line.Span.StartsWith("data:"u8) && PiecesOf(line["data:"u8.Length..]) is { Count: > 0 } pieces)
                Write(line["data:"u8.Length..].Span, pieces, texts, told, output);
            else
                output.Write(line.Span);
            if (range.End.GetOffset(events.Length) < events.Length)
                output.Write("\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(ReadOnlySpan<byte> json, List<(int Choice, JsonRange Range)> pieces, IReadOnlyDictionary<int, ReadOnlyMemory<byte>> texts, HashSet<int> told, ArrayBufferWriter<byte> output)
    {
        output.Write("data:"u8);
        var copied = 0;
        foreach (var (choice, range) in pieces)
        {
            if (!texts.TryGetValue(choice, out var text))
                continue;
            output.Write(json[copied..range.Start]);
            output.Write("\""u8);
            if (told.Add(choice))
                output.Write(JsonEncodedText.Encode(text.Span, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Write("\""u8);
            copied = range.End;
        }

        output.Write(json[copied..]);
    }

    /// <summary>The pieces of text in a chunk that are not empty, in the order in which they stand.</summary>
    private static List<(int Choice, JsonRange Range)> PiecesOf(ReadOnlyMemory<byte> json)
    {
        var pieces = new List<(int, JsonRange)>(1);
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var choice in ElementJson.Items(document.RootElement, "choices"u8))
            {
                var content = ElementJson.Member(ElementJson.Member(choice, "delta"u8), "content"u8);
                if (content.ValueKind == JsonValueKind.String && !ElementJson.Inside(content).IsEmpty)
                    pieces.Add((ElementJson.Count(choice, "index"u8) ?? 0, AnswerTexts.RangeOf(json.Span, content)));
            }
        }
        catch (JsonException)
        {
            // Not read by the checks either.
        }

        return pieces;
    }
}
