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
