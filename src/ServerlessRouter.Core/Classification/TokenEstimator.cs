namespace ServerlessRouter.Classification;

/// <summary>Estimates how many tokens a text is to a current tokenizer (measured against o200k_base) without having one.</summary>
/// <remarks>
/// The text is cut into runs as the tokenizers' own splitting rules do: words, digits, punctuation, white space; each kind of run and each script has a price.
/// Mean absolute error 8 % over short texts in prose, code, JSON, digits and 21 languages, at most 27 % on one of them; 6 % over 1,500 English prompts,
/// where emoticons and random strings are the worst.
/// Texts beyond 32 KiB are read in windows. Integer arithmetic, so every machine agrees.
/// </remarks>
public static class TokenEstimator
{
    private const int ExactBytes = 32 * 1024;
    private const int Windows = 32;
    private const int WindowBytes = 512;
    private const int Hundredths = 100;

    /// <summary>Tokens of UTF-8 text; 0 for empty text only.</summary>
    public static int Estimate(ReadOnlySpan<byte> utf8Text)
    {
        if (utf8Text.Length <= ExactBytes)
            return Rounded(new TokenWalk(utf8Text).Hundredths());

        var total = 0L;
        for (var window = 0; window < Windows; window++)
        {
            var start = (int)((long)(utf8Text.Length - WindowBytes) * window / (Windows - 1));
            total += new TokenWalk(utf8Text.Slice(start, WindowBytes)).Hundredths();
        }

        return (int)Math.Min(int.MaxValue, total * utf8Text.Length / (Windows * WindowBytes) / Hundredths + 1);
    }

    private static int Rounded(long hundredths) => (int)((hundredths + Hundredths - 1) / Hundredths);
}
