namespace ServerlessRouter.Providers.Upstream;

/// <summary>Recognises JSON that came where events were expected: a whole answer, or one document a line.</summary>
internal static class BareJson
{
    /// <summary>What may stand around a document.</summary>
    public static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>No line of an event stream begins so.</summary>
    public static bool Begins(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8) is [(byte)'{' or (byte)'[', ..];

    /// <summary>The first line is a document, and another begins behind it.</summary>
    public static bool AreDocuments(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(WhiteSpace);
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        return end > 0 && Begins(text[..end]) && DepthOf(text[..end]) == 0 && text[end..].TrimStart("\r\n"u8) is [(byte)'{', ..];
    }

    /// <summary>Nothing of a document is missing, so whatever may still come is not of it.</summary>
    public static bool IsDocument(ReadOnlySpan<byte> text)
    {
        text = text.Trim(WhiteSpace);
        return text is [(byte)'{' or (byte)'[', .., (byte)'}' or (byte)']'] && DepthOf(text) == 0;
    }

    /// <summary>How many objects and arrays a line opens beyond those it closes; strings never reach over a line's end.</summary>
    public static int DepthOf(ReadOnlySpan<byte> line)
    {
        var depth = default(JsonDepth);
        depth.Add(line);
        return depth.Open;
    }
}

/// <summary>Tells of a text that arrives piece by piece whether it is a whole JSON document by now. Looks at no byte twice.</summary>
internal struct DocumentScan
{
    private static ReadOnlySpan<byte> Delta => "\"delta\""u8;

    private JsonDepth _depth;
    private byte _first;
    private int _scanned;
    private bool _isChunk;

    /// <summary>The last that came ends as documents do.</summary>
    public bool MayBeWhole { get; private set; }

    /// <summary>A piece has come.</summary>
    public void Came(ReadOnlySpan<byte> piece)
    {
        if (piece.TrimEnd(BareJson.WhiteSpace) is [.., var last])
            MayBeWhole = last is (byte)'}' or (byte)']';
    }

    /// <summary>Nothing of a document is missing in <paramref name="text"/>, all that came, and it is no chunk: those come one a line, with pauses between them.</summary>
    public bool IsWhole(ReadOnlySpan<byte> text)
    {
        if (!MayBeWhole || !IsDocument(text))
            return false;
        var fresh = text[_scanned..];
        _depth.Add(fresh);
        _isChunk |= text[Math.Max(0, _scanned - Delta.Length + 1)..].IndexOf(Delta) >= 0;
        _scanned = text.Length;
        return _depth.Open == 0 && !_isChunk;
    }

    private bool IsDocument(ReadOnlySpan<byte> text)
    {
        if (_first == 0 && text.TrimStart(BareJson.WhiteSpace) is [var first, ..])
            _first = first;
        return _first is (byte)'{' or (byte)'[';
    }
}

/// <summary>Counts, piece by piece, how many objects and arrays a text has opened beyond those it has closed.</summary>
internal struct JsonDepth
{
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Below zero where more were closed.</summary>
    public int Open { get; private set; }

    public void Add(ReadOnlySpan<byte> piece)
    {
        var (open, isInString, isEscaped) = (Open, _isInString, _isEscaped);
        foreach (var value in piece)
        {
            if (isEscaped)
            {
                isEscaped = false;
                continue;
            }

            switch (value)
            {
                case (byte)'"':
                    isInString = !isInString;
                    break;
                case (byte)'\\':
                    isEscaped = true;
                    break;
                case (byte)'{' or (byte)'[' when !isInString:
                    open++;
                    break;
                case (byte)'}' or (byte)']' when !isInString:
                    open--;
                    break;
                default:
                    break;
            }
        }

        (Open, _isInString, _isEscaped) = (open, isInString, isEscaped);
    }
}
