using System.Numerics;
using System.Runtime.Intrinsics;

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

    /// <summary>How many bytes lie in a range.</summary>
    public int Count(int first, int last) => Count(Head, (byte)first, (byte)last) + Count(Tail, (byte)first, (byte)last);

    private static int Count(ReadOnlySpan<byte> text, byte first, byte last)
    {
        var count = 0;
        var (from, width) = (Vector256.Create(first), Vector256.Create((byte)(last - first)));
        for (; text.Length >= Vector256<byte>.Count; text = text[Vector256<byte>.Count..])
            count += BitOperations.PopCount(Vector256.LessThanOrEqual(Vector256.Create(text) - from, width).ExtractMostSignificantBits());
        foreach (var value in text)
            count += (byte)(value - first) <= last - first ? 1 : 0;
        return count;
    }
}
