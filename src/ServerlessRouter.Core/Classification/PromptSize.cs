using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Classification;

/// <summary>Estimates the tokens of a whole request: texts, tool definitions, images, sound, files and what each message costs by itself.</summary>
internal static class PromptSize
{
    /// <summary>OpenAI counts three or four for each message and three to prime the answer.</summary>
    private const int TokensPerMessage = 4;
    private const int TokensPerRequest = 3;

    /// <summary>An image of 1024 × 1024 in high detail is 765 tokens to OpenAI and about as many elsewhere; its size is not known here.</summary>
    private const int TokensPerImage = 765;

    /// <summary>JSON schemas and call arguments: short names, much punctuation.</summary>
    private const int SchemaBytesPerToken = 4;

    /// <summary>Sound as base64: MP3 of 128 kbit/s at ten tokens a second.</summary>
    private const int SoundBytesPerToken = 2_000;

    /// <summary>Documents as base64: a page of a PDF is some 50 KB and 2,500 tokens.</summary>
    private const int FileBytesPerToken = 20;

    private const int Hundredths = 100;

    public static int EstimateTokens(ChatRequest request) => WithTexts(request, (PromptWindows.Hundredths(request) + Hundredths - 1) / Hundredths);

    /// <summary>The same with every text read whole, for callers who ask for nothing but the count.</summary>
    public static int CountTokens(ChatRequest request)
    {
        var hundredths = 0L;
        foreach (var piece in request.TextList)
            hundredths += HundredthsOf(request, piece);
        return WithTexts(request, (hundredths + Hundredths - 1) / Hundredths);
    }

    private static long HundredthsOf(ChatRequest request, in TextPiece piece)
    {
        if (!piece.IsEscaped)
            return TokenEstimator.InHundredths(piece.Range.In(request.Bytes));
        using var decoded = new PooledWriter(piece.Range.Length);
        var text = decoded.GetSpan(piece.Range.Length)[..piece.Range.Length];
        return TokenEstimator.InHundredths(text[..request.CopyText(piece, text)]);
    }

    private static int WithTexts(ChatRequest request, long tokens)
    {
        // What is embedded stands in no frame, and tokens that were sent as such are counted.
        if (request.Embeddings is { } embeddings)
            return (int)Math.Min(int.MaxValue, tokens + embeddings.Tokens);
        tokens += TokensPerRequest + ((long)TokensPerMessage * request.MessageCount) + ((long)TokensPerImage * request.ImageCount);
        tokens += (request.SchemaBytes / SchemaBytesPerToken) + (request.SoundBytes / SoundBytesPerToken) + (request.FileBytes / FileBytesPerToken);
        return (int)Math.Min(int.MaxValue, tokens);
    }
}

/// <summary>
/// Reads the texts of a request: whole where they are short, else in windows spread evenly over all of them, so that neither a beginning nor a long text stands for the rest and
/// deciding costs no more for a long prompt.
/// </summary>
internal ref struct PromptWindows
{
    /// <summary>Enough for 8 % of error in texts that are not all alike, and as much as the rest of a decision costs.</summary>
    private const int Windows = 24;
    private const int WindowBytes = 64;
    private const int WholeBytes = Windows * WindowBytes;

    /// <summary>A window may grow by so much to end with a word.</summary>
    private const int MaxFurtherBytes = WindowBytes / 2;

    private readonly ChatRequest _request;
    private readonly Span<byte> _decoded;
    private long _measuredBytes;
    private long _hundredths;

    private PromptWindows(ChatRequest request, Span<byte> decoded)
    {
        _request = request;
        _decoded = decoded;
    }

    /// <summary>Tokens of all texts, in hundredths.</summary>
    public static long Hundredths(ChatRequest request)
    {
        var bytes = 0L;
        foreach (var piece in request.TextList)
            bytes += piece.Range.Length;
        var windows = new PromptWindows(request, stackalloc byte[WholeBytes]);
        if (bytes <= WholeBytes)
            windows.ReadWhole();
        else
            windows.ReadWindows(bytes);
        return windows._measuredBytes == 0 ? 0 : (long)(windows._hundredths * ((double)bytes / windows._measuredBytes));
    }

    private void ReadWhole()
    {
        foreach (var piece in _request.TextList)
            Read(piece, piece.Range.In(_request.Bytes));
    }

    private void ReadWindows(long bytes)
    {
        var (window, before) = (0, 0L);
        foreach (var piece in _request.TextList)
        {
            var text = piece.Range.In(_request.Bytes);
            for (; window < Windows; window++)
            {
                var start = (bytes - WindowBytes) * window / (Windows - 1) - before;
                if (start >= text.Length)
                    break;
                Read(piece, Window(text, (int)start, out var isInside), isInside);
            }

            before += text.Length;
        }
    }

    private void Read(in TextPiece piece, ReadOnlySpan<byte> text, bool isInside = false)
    {
        _measuredBytes += text.Length;
        if (piece.IsEscaped)
            text = _decoded[..JsonText.Unescape(text, _decoded)];
        // The token of a run is counted where it begins, else each window that lies in it would count it anew.
        if (isInside && text.IndexOfAnyExcept(" \t\r\n"u8) is var rest and > 0)
        {
            _hundredths += TokenWalk.OfWhiteSpace(text[..rest]);
            text = text[rest..];
        }

        _hundredths += TokenEstimator.InHundredths(text);
    }

    /// <summary>A part of the text that cuts no word where words are short, and never a character or an escape; and whether it begins inside white space, of which the beginning is not in it.</summary>
    private static ReadOnlySpan<byte> Window(ReadOnlySpan<byte> text, int start, out bool isInside)
    {
        var end = Math.Min(text.Length, start + WindowBytes);
        if (start > 0)
            start = Boundary(text, start, end);
        if (end < text.Length)
            end = Boundary(text, end, Math.Min(text.Length, end + MaxFurtherBytes));
        isInside = start > 0 && EndsWhite(text[..start]);
        return text[start..Math.Max(start, end)];
    }

    private static bool EndsWhite(ReadOnlySpan<byte> text) => text is [.., (byte)' '] or [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t'];

    private static int Boundary(ReadOnlySpan<byte> text, int place, int limit)
    {
        var rest = text[place..limit];
        var space = rest.IndexOfAny((byte)' ', (byte)'\\');
        if (space >= 0 && rest[space] == '\\' && !IsWhiteEscape(text, place + space))
            space = rest.IndexOf((byte)' ');
        return space >= 0 ? place + space : JsonText.AlignStart(text, place);
    }

    private static bool IsWhiteEscape(ReadOnlySpan<byte> text, int place) =>
        place + 1 < text.Length && text[place + 1] is (byte)'n' or (byte)'r' or (byte)'t' && (place == 0 || text[place - 1] != '\\');
}
