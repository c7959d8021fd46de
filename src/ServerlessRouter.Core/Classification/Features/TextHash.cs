using System.Numerics;

namespace ServerlessRouter.Classification.Features;

/// <summary>The hash of words and of combinations of words. Weights files depend on it: a change makes them worthless.</summary>
internal static class TextHash
{
    public const uint Seed = 2166136261;
    public const uint EndSalt = 0x5bd1e995;
    public const uint StemSalt = 0x27d4eb2f;
    public const uint GramSalt = 0x2545f491;
    public const uint ShortGramSalt = 0x9e3779b9;
    public const uint LongGramSalt = 0xc2b2ae3d;
    public const uint SkipSalt = 0x165667b1;

    public static uint Step(uint hash, byte lowered) => (hash ^ lowered) * 16777619;

    public static uint Finish(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    public static uint Pair(uint first, uint second) => Finish(first * 0x9e3779b1 + BitOperations.RotateLeft(second, 15));

    public static uint Salted(uint hash, uint salt) => Finish(hash * 0x85ebca6b ^ salt);

    /// <summary>The hash of a word or of a pair of words as the extractor would find it; for tables written in source.</summary>
    public static uint OfPhrase(string phrase)
    {
        var space = phrase.IndexOf(' ', StringComparison.Ordinal);
        return space < 0
            ? OfWord(phrase)
            : Pair(OfWord(phrase[..space]), OfWord(phrase[(space + 1)..]));
    }

    private static uint OfWord(string word)
    {
        var hash = Seed;
        foreach (var letter in word)
            hash = Step(hash, (byte)letter);
        return Finish(hash);
    }
}
