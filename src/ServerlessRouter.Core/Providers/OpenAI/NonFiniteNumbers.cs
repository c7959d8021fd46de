using System.Buffers;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Takes out the numbers that Python writes and JSON does not know: <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, mostly among log probabilities.</summary>
internal static class NonFiniteNumbers
{
    /// <summary>The document with null in their places; null when there are none.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? output = null;
        var (copied, isInString) = (0, false);
        for (var place = 0; place < json.Length; place++)
        {
            switch (json[place])
            {
                case (byte)'"':
                    isInString = !isInString;
                    break;
                case (byte)'\\':
                    place++;
                    break;
                case (byte)'N' or (byte)'I' or (byte)'-' when !isInString && LengthAt(json[place..]) is var length and > 0:
                    output ??= new ArrayBufferWriter<byte>(json.Length + 64);
                    output.Write(json[copied..place]);
                    output.Write("null"u8);
                    copied = place + length;
                    place = copied - 1;
                    break;
                default:
                    break;
            }
        }

        output?.Write(json[copied..]);
        return output?.WrittenSpan.ToArray();
    }

    private static int LengthAt(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("NaN"u8))
            return "NaN"u8.Length;
        if (text.StartsWith("Infinity"u8))
            return "Infinity"u8.Length;
        return text.StartsWith("-Infinity"u8) ? "-Infinity"u8.Length : 0;
    }
}
