namespace ServerlessRouter.Providers.Upstream;

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
