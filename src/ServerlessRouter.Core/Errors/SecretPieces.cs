using System.Buffers;
using System.Text;

namespace ServerlessRouter.Errors;

/// <summary>
/// Finds one secret in a text: any eight characters of it in a row, forwards or backwards, plain, with something between them, or in a run of base64 or hex; and its ends
/// around a mask.
/// </summary>
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
    private readonly int _pieceLength;
    private readonly SearchValues<string> _pieces;
    private readonly SearchValues<string> _barePieces;
    private readonly SearchValues<char> _letters;

    public SecretPieces(string secret)
    {
        _secret = secret;
        _letters = SearchValues.Create([.. KeyAlphabet, .. secret]);
        var pieces = secret.Length < PieceLength ? [secret] : PiecesOf(secret);
        _pieceLength = pieces[0].Length;
        _pieces = SearchValues.Create(pieces, StringComparison.OrdinalIgnoreCase);
        _barePieces = SearchValues.Create(PiecesOf(string.Concat(secret.Where(char.IsLetterOrDigit))), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Marks what of the secret stands in a text.</summary>
    public void Cover(EscapedView view, bool[] covered)
    {
        CoverPieces(view, covered);
        CoverSeparated(view.WithoutSeparators(), covered);
        CoverEncoded(view, covered);
        CoverMasked(view, covered);
    }

    private static string[] PiecesOf(string text) =>
    [
        .. Enumerable.Range(0, Math.Max(0, text.Length - PieceLength + 1)).Select(start => text.Substring(start, PieceLength))
            .SelectMany(static piece => new[] { piece, string.Concat(piece.Reverse()) }).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private void CoverPieces(EscapedView view, bool[] covered)
    {
        foreach (var at in PlacesOf(_pieces, view.Text))
        {
            // A short secret may be a part of any word.
            if (_pieceLength >= PieceLength || StandsAlone(view.Text, at, _pieceLength))
                view.Cover(at, _pieceLength, covered);
        }
    }

    private void CoverSeparated(EscapedView bare, bool[] covered)
    {
        foreach (var at in PlacesOf(_barePieces, bare.Text))
            bare.Cover(at, PieceLength, covered);
        for (var at = 0; at < bare.Text.Length;)
        {
            var digits = HexLength(bare.Text.AsSpan(at));
            // The letters of a word in front may be digits too, so the first one may be the second of a pair.
            for (var first = at; first <= at + 1 && at + digits - first >= 2 * PieceLength; first++)
                CoverPieces(bare.OfHex(first, (at + digits - first) / 2 * 2), covered);
            at += digits + 1;
        }
    }

    private static IEnumerable<int> PlacesOf(SearchValues<string> pieces, string text)
    {
        for (var at = 0; text.AsSpan(at).IndexOfAny(pieces) is var next and >= 0; at += next + 1)
            yield return at + next;
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

    /// <summary>Without the zero bytes that UTF-16 has.</summary>
    private bool Holds(string decoded) => decoded.Replace("\0", "", StringComparison.Ordinal).AsSpan().ContainsAny(_pieces);

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
        var digits = HexLength(run);
        return digits < 2 * PieceLength ? "" : Encoding.Latin1.GetString(Convert.FromHexString(run[..(digits / 2 * 2)]));
    }

    private static int HexLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiHexDigit(text[length]))
            length++;
        return length;
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
