using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>The numbers of a vector in their two encodings.</summary>
internal static class VectorNumbers
{
    /// <summary>No number without an exponent that is written in so many signs is too large for single precision.</summary>
    private const int CertainlyFiniteLength = 32;

    /// <summary>Whether the number, as JSON has it, is one in single precision.</summary>
    public static bool IsFinite(ReadOnlySpan<byte> number) =>
        (number.Length <= CertainlyFiniteLength && number.IndexOfAny((byte)'e', (byte)'E') < 0) || float.IsFinite(Parse(number));

    /// <summary>Of a number in valid JSON; one that is too large is infinite.</summary>
    public static float Parse(ReadOnlySpan<byte> number) => Utf8Parser.TryParse(number, out double value, out _) ? (float)value : float.NaN;

    /// <summary>How many numbers base64 of this length may stand for.</summary>
    public static int MaxWidth(ReadOnlySpan<byte> base64) => (Base64.GetMaxDecodedFromUtf8Length(base64.Length) / sizeof(float)) + 1;

    /// <summary>Decodes base64 as it stands in JSON; answers how many numbers there are, or -1 where it is none.</summary>
    public static int Decode(ReadOnlySpan<byte> base64, bool isEscaped, Span<float> numbers)
    {
        if (!isEscaped)
            return Decode(base64, numbers);
        // Some writers of JSON escape every slash.
        var plain = ArrayPool<byte>.Shared.Rent(base64.Length);
        try
        {
            return Decode(plain.AsSpan(0, JsonText.Unescape(base64, plain)), numbers);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private static int Decode(ReadOnlySpan<byte> base64, Span<float> numbers)
    {
        var bytes = MemoryMarshal.AsBytes(numbers);
        if (Base64.DecodeFromUtf8(base64, bytes, out _, out var written) != OperationStatus.Done || written % sizeof(float) != 0)
            return -1;
        var width = written / sizeof(float);
        TurnWhereBigEndian(numbers[..width]);
        return width;
    }

    /// <summary>Parses an array of numbers that was read before.</summary>
    public static void ParseArray(ReadOnlySpan<byte> array, Span<float> numbers)
    {
        var reader = new JsonTokenReader(array);
        reader.Read();
        for (var place = 0; place < numbers.Length && reader.Read(); place++)
            numbers[place] = Parse(reader.ValueSpan);
    }

    /// <summary>Writes the numbers as base64, without quotes.</summary>
    public static void WriteBase64(PooledWriter output, Span<float> numbers)
    {
        TurnWhereBigEndian(numbers);
        var bytes = MemoryMarshal.AsBytes(numbers);
        Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        output.Advance(written);
    }

    /// <summary>Writes the numbers as an array, each as short as it can be read back.</summary>
    public static void WriteArray(PooledWriter output, ReadOnlySpan<float> numbers)
    {
        const int MaxNumberLength = 24;
        output.Append("["u8);
        for (var place = 0; place < numbers.Length; place++)
        {
            if (place > 0)
                output.Append(","u8);
            numbers[place].TryFormat(output.GetSpan(MaxNumberLength), out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }

        output.Append("]"u8);
    }

    private static void TurnWhereBigEndian(Span<float> numbers)
    {
        if (BitConverter.IsLittleEndian)
            return;
        var whole = MemoryMarshal.Cast<float, int>(numbers);
        BinaryPrimitives.ReverseEndianness(whole, whole);
    }
}
