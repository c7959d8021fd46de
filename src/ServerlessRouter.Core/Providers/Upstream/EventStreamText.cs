namespace ServerlessRouter.Providers.Upstream;

/// <summary>Recognises server-sent events by how they begin, whatever the answer calls itself.</summary>
internal static class EventStreamText
{
    /// <summary>A byte order mark and white space aside, the text begins with a field of an event or a comment.</summary>
    public static bool Begins(ReadOnlySpan<byte> text)
    {
        var mark = "\uFEFF"u8;
        if (text.StartsWith(mark))
            text = text[mark.Length..];
        text = text.TrimStart(" \t\r\n"u8);
        return text.StartsWith("data:"u8) || text.StartsWith("event:"u8) || text.StartsWith("id:"u8) || text.StartsWith("retry:"u8) || text.StartsWith(":"u8);
    }
}
