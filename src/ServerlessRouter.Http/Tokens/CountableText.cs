using System.Globalization;
using System.Text;

namespace ServerlessRouter.Http.Tokens;

/// <summary>Whether a tokenizer counts a text as OpenAI does, and in time: its work grows with the square of what it cannot cut, so 200,000 times one letter take it a minute.</summary>
internal static class CountableText
{
    /// <summary>Longest run of letters, of white space, or of other signs, in bytes; no word of a language is longer.</summary>
    public const int MaxRunBytes = 512;

    /// <summary>The API takes the marks of its own format in a text for plain text, a tokenizer does not.</summary>
    private const string Mark = "<|";

    public static bool Is(string text)
    {
        if (text.Contains(Mark, StringComparison.Ordinal))
            return false;
        var (run, last) = (0, RunKind.Digit);
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = KindOf(rune);
            // Digits are cut into threes.
            run = kind == RunKind.Digit ? 0 : kind == last ? run + rune.Utf8SequenceLength : rune.Utf8SequenceLength;
            last = kind;
            if (run > MaxRunBytes)
                return false;
        }

        return true;
    }

    private static RunKind KindOf(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune))
            return RunKind.Space;
        if (Rune.IsDigit(rune))
            return RunKind.Digit;
        return Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark ? RunKind.Letter : RunKind.Sign;
    }

    private enum RunKind
    {
        Digit,
        Letter,
        Space,
        Sign,
    }
}
