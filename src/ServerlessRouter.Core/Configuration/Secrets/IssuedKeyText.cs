using System.Numerics;
using System.Security.Cryptography;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>
/// How issued keys look: <c>sr-</c>, 43 letters and digits that are drawn at random (256 bits), and six that are the checksum of what is before them, so that scanners for leaked secrets know one without
/// asking, and a mistyped one is told from an unknown one before anything is looked up.
/// </summary>
internal static class IssuedKeyText
{
    public const string Prefix = "sr-";
    public const int Length = 52;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomDigits = 43;
    private const int ChecksumDigits = Length - RandomDigits - 3;

    /// <summary>A key that no caller has yet.</summary>
    public static string Create()
    {
        var drawn = Prefix + RandomNumberGenerator.GetString(Digits, RandomDigits);
        Span<char> checksum = stackalloc char[ChecksumDigits];
        WriteChecksum(drawn, checksum);
        return string.Concat(drawn, checksum);
    }

    /// <summary>Whether a text looks like an issued key, checksum included.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        foreach (var letter in text[Prefix.Length..])
        {
            if (!char.IsAsciiLetterOrDigit(letter))
                return false;
        }

        Span<char> checksum = stackalloc char[ChecksumDigits];
        WriteChecksum(text[..^ChecksumDigits], checksum);
        return checksum.SequenceEqual(text[^ChecksumDigits..]);
    }

    private static void WriteChecksum(ReadOnlySpan<char> text, Span<char> checksum)
    {
        var rest = uint.MaxValue;
        foreach (var letter in text)
            rest = BitOperations.Crc32C(rest, (byte)letter);
        for (var place = checksum.Length - 1; place >= 0; place--)
        {
            checksum[place] = Digits[(int)(rest % (uint)Digits.Length)];
            rest /= (uint)Digits.Length;
        }
    }
}
