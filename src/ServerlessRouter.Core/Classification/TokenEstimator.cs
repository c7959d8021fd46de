namespace ServerlessRouter.Classification;

/// <summary>Estimates how many tokens a text is to a current tokenizer (o200k_base) without having one.</summary>
/// <remarks>
/// The text is cut into runs as the tokenizers' own splitting rules do: words, digits, punctuation, white space; each kind of run and each script has a price.
/// <c>docs/tokens.md</c> has the error by kind of text. Integer arithmetic, so every machine agrees.
/// </remarks>
public static class TokenEstimator
{
    private const int Hundredths = 100;

    /// <summary>Tokens of UTF-8 text; 0 for empty text only.</summary>
    public static int Estimate(ReadOnlySpan<byte> utf8Text) => (int)Math.Min(int.MaxValue, (InHundredths(utf8Text) + Hundredths - 1) / Hundredths);

    /// <summary>Hundredths of tokens, for sums over many texts.</summary>
    internal static long InHundredths(ReadOnlySpan<byte> utf8Text) => new TokenWalk(utf8Text).Hundredths();
}
