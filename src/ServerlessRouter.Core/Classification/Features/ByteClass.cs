namespace ServerlessRouter.Classification.Features;

/// <summary>What a byte of UTF-8 text is to the word reader.</summary>
internal static class ByteClass
{
    public const byte Other = 0;
    public const byte Digit = 1;
    public const byte Letter = 2;

    private static readonly byte[] Classes = Fill();

    public static ReadOnlySpan<byte> Table => Classes;

    public static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static byte[] Fill()
    {
        var classes = new byte[256];
        for (var value = 0; value < 256; value++)
        {
            classes[value] = (byte)value switch
            {
                >= (byte)'0' and <= (byte)'9' => Digit,
                >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= 0x80 => Letter,
                _ => Other,
            };
        }

        return classes;
    }
}
