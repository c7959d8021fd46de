using System.Buffers;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// The fewest tokens a prompt can come to with any vendor's tokenizer: what no estimate says, and what alone may refuse a request. A word is a token at least, digits come at most four
/// to a token, white space and a single sign may belong to what stands beside them, and no token holds more than 64 signs of a rule, 16 letters of a word or four of a script without spaces.
/// </summary>
internal static class PromptFloor
{
    private const int BytesPerPart = 16 * 1024;
    private const int LettersPerToken = 16;
    private const int DigitsPerToken = 4;
    private const int SignsPerToken = 64;

    /// <summary>Four letters of three bytes.</summary>
    private const int ForeignBytesPerToken = 12;

    /// <summary>Vendors do not send schemas to their models as they stand.</summary>
    private const int SchemaBytesPerToken = 16;

    public static int Of(ChatRequest request)
    {
        var tokens = (long)request.MessageCount + request.ImageCount + request.SchemaBytes / SchemaBytesPerToken;
        var bytes = request.Bytes;
        var decoded = ArrayPool<byte>.Shared.Rent(BytesPerPart);
        foreach (var piece in request.TextList)
            tokens += OfText(piece.Range.In(bytes), piece.IsEscaped, decoded);
        ArrayPool<byte>.Shared.Return(decoded);
        return (int)Math.Min(int.MaxValue, tokens);
    }

    private static long OfText(ReadOnlySpan<byte> text, bool isEscaped, Span<byte> decoded)
    {
        if (!isEscaped)
            return Of(text);
        var tokens = 0L;
        while (!text.IsEmpty)
        {
            var end = text.Length <= decoded.Length ? text.Length : JsonText.AlignEnd(text, decoded.Length);
            tokens += Of(decoded[..JsonText.Unescape(text[..end], decoded)]);
            text = text[end..];
        }

        return tokens;
    }

    /// <summary>Of UTF-8 text.</summary>
    internal static long Of(ReadOnlySpan<byte> text)
    {
        var tokens = 0L;
        var afterApostrophe = false;
        for (var place = 0; place < text.Length;)
        {
            var kind = KindOf(text[place]);
            var end = place + 1;
            while (end < text.Length && KindOf(text[end]) == kind)
                end++;
            var run = text[place..end];
            tokens += kind switch
            {
                // "don't" is a token.
                Kind.Word => afterApostrophe && run.Length < 3 ? 0 : OfWord(run),
                Kind.Digit => (run.Length + DigitsPerToken - 1) / DigitsPerToken,
                Kind.Sign => run.Length == 1 ? 0 : (run.Length + SignsPerToken - 1) / SignsPerToken,
                Kind.Space => 0,
            };
            afterApostrophe = kind == Kind.Sign && run is [(byte)'\''];
            place = end;
        }

        return tokens;
    }

    /// <summary>Letters of all scripts, and the signs beyond ASCII, which may come sixteen to a token.</summary>
    private static int OfWord(ReadOnlySpan<byte> run)
    {
        var (plain, foreign) = (0, 0);
        for (var place = 0; place < run.Length;)
        {
            var (bytes, isSign) = run[place] switch
            {
                < 0x80 => (1, false),
                < 0xe0 and var lead => (2, lead == 0xc2),
                < 0xf0 and var lead => (3, lead is 0xe2 or 0xef),
                _ => (4, false),
            };
            plain += bytes == 1 ? 1 : 0;
            foreign += bytes > 1 && !isSign ? bytes : 0;
            place += bytes;
        }

        var least = Math.Max((plain + LettersPerToken - 1) / LettersPerToken, foreign / ForeignBytesPerToken);
        return least == 0 && foreign > 0 ? 1 : least;
    }

    private static Kind KindOf(byte value) => value switch
    {
        <= (byte)' ' => Kind.Space,
        >= 0x80 => Kind.Word,
        >= (byte)'0' and <= (byte)'9' => Kind.Digit,
        _ => (byte)((value | 0x20) - 'a') < 26 ? Kind.Word : Kind.Sign,
    };

    private enum Kind
    {
        Space,
        Word,
        Digit,
        Sign,
    }
}
