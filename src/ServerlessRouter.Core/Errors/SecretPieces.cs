using System.Buffers;
using System.Text;

namespace ServerlessRouter.Errors;

/// <summary>Finds one secret in a text: any eight characters of it in a row, plain or in a run of base64 or hex, and its ends around a mask.</summary>
internal sealed class SecretPieces
{
    /// <summary>A shorter secret is a word of the language, and not looked for.</summary>
    public const int MinLength = 4;

    private const string KeyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const int PieceLength = 8;
    private const int MinEncodedLength = 12;
    private const int MinMaskLength = 2;
    private const int MinVisible = 2;

    private static readonly SearchValues<char> EncodedLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
    private static readonly SearchValues<char> KeyLetters = SearchValues.Create(KeyAlphabet);
    private static readonly SearchValues<char> MaskLetters = SearchValues.Create("*•●·…#");

    private readonly string _secret;
    private readonly string[] _pieces;
    private readonly SearchValues<char> _letters;

    public SecretPieces(string secret)
    {
        _secret = secret;
        _letters = SearchValues.Create([.. KeyAlphabet, .. secret]);
        _pieces = secret.Length < PieceLength
            ? [secret]
            : [.. Enumerable.Range(0, secret.Length - PieceLength + 1).Select(start => secret.Substring(start, PieceLength)).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Marks what of the secret stands in a text.</summary>
    public void Cover(EscapedView view, bool[] covered)
    {
        CoverPieces(view, covered);
        CoverEncoded(view, covered);
        CoverMasked(view, covered);
    }

    private void CoverPieces(EscapedView view, bool[] covered)
    {
        var text = view.Text;
        foreach (var piece in _pieces)
        {
            for (var at = text.IndexOf(piece, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(piece, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                // A short secret may be a part of any word.
                if (piece.Length >= PieceLength || StandsAlone(text, at, piece.Length))
                    view.Cover(at, piece.Length, covered);
            }
        }
    }

    private static bool StandsAlone(string text, int start, int length) =>
        (start == 0 || !char.IsLetterOrDigit(text[start - 1])) && (start + length == text.Length || !char.IsLetterOrDigit(text[start + length]));

    private void CoverEncoded(EscapedView view, bool[] covered)
    {
        var text = view.Text;
        for (var at = 0; at < text.Length;)
        {
            var run = text.AsSpan(at).IndexOfAny(EncodedLetters);
            if (run < 0)
                return;
            at += run;
            var length = text.AsSpan(at).IndexOfAnyExcept(EncodedLetters);
            length = length < 0 ? text.Length - at : length;
            if (length >= MinEncodedLength && IsEncoded(text.AsSpan(at, length)))
                view.Cover(at, length, covered);
            at += length;
        }
    }

    /// <summary>Where in a run the encoded part begins is not known, so every alignment is tried.</summary>
    private bool IsEncoded(ReadOnlySpan<char> run)
    {
        for (var offset = 0; offset < 4 && run.Length - offset >= MinEncodedLength; offset++)
        {
            if (Holds(OfBase64(run[offset..])))
                return true;
        }

        return Holds(OfHex(run)) || Holds(OfHex(run[1..]));
    }

    private bool Holds(string decoded) => Array.Exists(_pieces, piece => decoded.Contains(piece, StringComparison.OrdinalIgnoreCase));

    private static string OfBase64(ReadOnlySpan<char> run)
    {
        var whole = run[..(run.Length / 4 * 4)].ToString().Replace('-', '+').Replace('_', '/');
        var rest = run.Length % 4;
        // Two or three letters at the end are one or two bytes more.
        if (rest >= 2)
            whole += run[^rest..].ToString().Replace('-', '+').Replace('_', '/').PadRight(4, '=');
        var bytes = new byte[whole.Length];
        if (!Convert.TryFromBase64String(whole, bytes, out var written))
            return "";
        return Encoding.Latin1.GetString(bytes, 0, written);
    }

    private static string OfHex(ReadOnlySpan<char> run)
    {
        var digits = 0;
        while (digits < run.Length && char.IsAsciiHexDigit(run[digits]))
            digits++;
        return digits < 2 * PieceLength ? "" : Encoding.Latin1.GetString(Convert.FromHexString(run[..(digits / 2 * 2)]));
    }

    private void CoverMasked(EscapedView view, bool[] covered)
    {
        var text = view.Text;
        for (var at = 0; at < text.Length;)
        {
            var mask = MaskAt(text, at);
            if (mask == 0)
            {
                at++;
                continue;
            }

            var end = at + mask;
            while (end < text.Length && _letters.Contains(text[end]))
                end++;
            var tail = text.AsSpan(at + mask, end - at - mask);
            var isTail = tail.Length >= MinVisible && _secret.AsSpan().EndsWith(tail, StringComparison.OrdinalIgnoreCase);
            // In front of a key stands what may be a letter of this one, as in "key=sk-…".
            if (HeadBefore(text, at, _letters) is var head and >= MinVisible || (head = HeadBefore(text, at, KeyLetters)) >= MinVisible || isTail)
                view.Cover(at - head, head + (isTail ? end - at : mask), covered);
            at = end;
        }
    }

    /// <summary>How many characters in front of a mask are the secret's beginning; 0 when they are something else.</summary>
    private int HeadBefore(string text, int mask, SearchValues<char> letters)
    {
        var start = mask;
        while (start > 0 && letters.Contains(text[start - 1]))
            start--;
        var head = text.AsSpan(start, mask - start);
        return _secret.AsSpan().StartsWith(head, StringComparison.OrdinalIgnoreCase) ? head.Length : 0;
    }

    /// <summary>How many characters of a mask stand here: stars and the like, dots, or a row of x.</summary>
    private static int MaskAt(string text, int at)
    {
        var rest = text.AsSpan(at);
        var first = rest[0];
        if (first == '…')
            return 1;
        var length = MaskLetters.Contains(first) || first is '.' or 'x' or 'X' ? LengthOf(rest, first) : 0;
        return length >= (first is '.' ? 3 : first is 'x' or 'X' ? 4 : MinMaskLength) ? length : 0;
    }

    private static int LengthOf(ReadOnlySpan<char> text, char letter)
    {
        var length = text.IndexOfAnyExcept(letter);
        return length < 0 ? text.Length : length;
    }
}
