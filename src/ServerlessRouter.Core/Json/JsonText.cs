using System.Globalization;
using System.Text;

namespace ServerlessRouter.Json;

/// <summary>Reads the inside of JSON strings: decodes escapes, and cuts without splitting an escape or a character.</summary>
internal static class JsonText
{
    private const byte Backslash = (byte)'\\';
    private const int MaxEscapeLength = 6;

    /// <summary>Decodes escapes into UTF-8; never longer than the raw bytes. A lone surrogate becomes U+FFFD. Answers the bytes written.</summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf(Backslash);
            if (plain < 0)
                plain = raw.Length;
            raw[..plain].CopyTo(destination[written..]);
            written += plain;
            raw = raw[plain..];
            if (raw.Length < 2)
                return written;
            if (raw[1] == 'u')
            {
                var rune = ReadUnicode(raw, out var consumed);
                written += rune.EncodeToUtf8(destination[written..]);
                raw = raw[consumed..];
                continue;
            }

            destination[written++] = Decode(raw[1]);
            raw = raw[2..];
        }
    }

    /// <summary>Decodes escapes and keeps lone surrogates, so that the halves of a character can be put together with a neighbour's.</summary>
    public static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (true)
        {
            var plain = raw.IndexOf((char)Backslash);
            if (plain < 0 || plain + 1 >= raw.Length)
                return text.Append(raw).ToString();
            text.Append(raw[..plain]);
            raw = raw[plain..];
            if (raw[1] != 'u')
            {
                text.Append((char)Decode((byte)raw[1]));
                raw = raw[2..];
                continue;
            }

            var length = Math.Min(MaxEscapeLength, raw.Length);
            text.Append(ushort.TryParse(raw[2..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? (char)code : (char)Rune.ReplacementChar.Value);
            raw = raw[length..];
        }
    }

    /// <summary>Whether an escaped string says this.</summary>
    public static bool Equals(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text)
    {
        // Six raw bytes decode to at least one byte, so a longer string cannot say it.
        if (raw.Length > MaxEscapeLength * text.Length)
            return false;
        Span<byte> decoded = raw.Length <= 256 ? stackalloc byte[256] : new byte[raw.Length];
        return decoded[..Unescape(raw, decoded)].SequenceEqual(text);
    }

    /// <summary>The nearest offset at or after <paramref name="start"/> that splits neither an escape nor a character.</summary>
    public static int AlignStart(ReadOnlySpan<byte> raw, int start)
    {
        if (EscapeAround(raw, start) is { } escape)
            return escape.End;
        while (start < raw.Length && IsContinuation(raw[start]))
            start++;
        return start;
    }

    /// <summary>The nearest offset at or before <paramref name="end"/> that splits neither an escape nor a character.</summary>
    public static int AlignEnd(ReadOnlySpan<byte> raw, int end)
    {
        if (EscapeAround(raw, end) is { } escape)
            return escape.Start;
        while (end > 0 && end < raw.Length && IsContinuation(raw[end]))
            end--;
        return end;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    private static JsonRange? EscapeAround(ReadOnlySpan<byte> raw, int offset)
    {
        for (var start = offset - 1; start >= Math.Max(0, offset - MaxEscapeLength + 1); start--)
        {
            if (raw[start] != Backslash || !StartsEscape(raw, start) || start + 1 >= raw.Length)
                continue;
            var length = raw[start + 1] == 'u' ? MaxEscapeLength : 2;
            if (start + length > offset)
                return new JsonRange(start, length);
        }

        return null;
    }

    /// <summary>A backslash begins an escape when an even number of backslashes stands before it.</summary>
    private static bool StartsEscape(ReadOnlySpan<byte> raw, int place)
    {
        var first = place;
        while (first > 0 && raw[first - 1] == Backslash)
            first--;
        return ((place - first) & 1) == 0;
    }

    private static Rune ReadUnicode(ReadOnlySpan<byte> raw, out int consumed)
    {
        consumed = Math.Min(MaxEscapeLength, raw.Length);
        if (!TryReadHex(raw, out var first))
            return Rune.ReplacementChar;
        if (Rune.TryCreate(first, out var rune))
            return rune;
        if (!char.IsHighSurrogate(first) || raw.Length < 2 * MaxEscapeLength || raw[MaxEscapeLength] != Backslash || raw[MaxEscapeLength + 1] != 'u'
            || !TryReadHex(raw[MaxEscapeLength..], out var second) || !Rune.TryCreate(first, second, out rune))
            return Rune.ReplacementChar;
        consumed = 2 * MaxEscapeLength;
        return rune;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> escape, out char value)
    {
        value = '\0';
        if (escape.Length < MaxEscapeLength || !ushort.TryParse(escape[2..MaxEscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return false;
        value = (char)code;
        return true;
    }

    private static byte Decode(byte escaped) => escaped switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => escaped,
    };
}
