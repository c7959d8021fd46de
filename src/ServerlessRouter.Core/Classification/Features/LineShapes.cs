namespace ServerlessRouter.Classification.Features;

/// <summary>Counts of the lines that begin in a telling way.</summary>
internal struct LineShapes
{
    private const int MaxSpeakerNameLength = 20;

    public int Count { get; private set; }

    public int Choices { get; private set; }

    public int Numbered { get; private set; }

    public int Bullets { get; private set; }

    public int Indented { get; private set; }

    public int Blank { get; private set; }

    public int Fences { get; private set; }

    public int Speakers { get; private set; }

    /// <summary>Reads the beginning of the line at `start`.</summary>
    public void Read(ReadOnlySpan<byte> text, int start)
    {
        Count++;
        var line = text[start..Math.Min(text.Length, start + MaxSpeakerNameLength)];
        if (line[0] is (byte)'\n' or (byte)'\r')
        {
            Blank++;
            return;
        }

        if (line[0] == (byte)'\t' || line.StartsWith("  "u8))
        {
            Indented++;
            return;
        }

        if (line.StartsWith("```"u8))
            Fences++;
        else if (line.Length > 1 && line[0] is (byte)'-' or (byte)'*' && line[1] == (byte)' ')
            Bullets++;
        else if (IsChoice(line[0] == (byte)'(' ? line[1..] : line))
            Choices++;
        else if (line[0] is >= (byte)'0' and <= (byte)'9' && line[1..].IndexOfAny((byte)'.', (byte)')') is 0 or 1)
            Numbered++;
        else if (line[0] is >= (byte)'A' and <= (byte)'Z' && line.IndexOfAny((byte)':', (byte)' ', (byte)'\n') is > 1 and var end && line[end] == (byte)':')
            Speakers++;
    }

    private static bool IsChoice(ReadOnlySpan<byte> line) =>
        line.Length > 1 && (line[0] | 0x20) is >= 'a' and <= 'h' && line[1] is (byte)'.' or (byte)')' or (byte)':';
}
