namespace ServerlessRouter.Classification.Features;

/// <summary>What is read of a text: all of it, or its head and tail when it is long.</summary>
internal readonly ref struct TextSample
{
    public const int HeadBytes = 5 * 1024;
    public const int TailBytes = 3 * 1024;

    public TextSample(ReadOnlySpan<byte> text)
    {
        FullLength = text.Length;
        if (text.Length <= HeadBytes + TailBytes)
        {
            Head = text;
            return;
        }

        Head = text[..HeadBytes];
        Tail = text[^TailBytes..];
    }

    public ReadOnlySpan<byte> Head { get; }

    public ReadOnlySpan<byte> Tail { get; }

    public int FullLength { get; }
}
