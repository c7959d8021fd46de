using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification;

/// <summary>Tells the language of a text by its script and, in Latin script, by frequent small words.</summary>
public static class LanguageDetector
{
    /// <summary>ISO 639-2 for a language that could not be told.</summary>
    public const string Undetermined = "und";

    private const int MaxBytes = 512;

    /// <summary>Of a letter and a blank each, and room for a hash that is not kept.</summary>
    private const int MaxWords = (MaxBytes / 2) + 1;

    /// <summary>ISO 639-1 code such as "en" or "ja", or "und".</summary>
    public static string Detect(ReadOnlySpan<byte> utf8Text)
    {
        if (utf8Text.Length > MaxBytes)
            utf8Text = utf8Text[..MaxBytes];
        // Most text has no script but Latin to count.
        var language = utf8Text.ContainsAnyInRange(ScriptCounts.FirstBeyondLatin, byte.MaxValue) ? ScriptCounts.Of(utf8Text).DominantLanguage() : null;
        return language ?? ByWords(utf8Text);
    }

    private static string ByWords(ReadOnlySpan<byte> text)
    {
        Span<uint> words = stackalloc uint[MaxWords];
        words = words[..ReadWords(text, words)];
        var sets = FrequentWords.Sets;
        Span<int> counts = stackalloc int[sets.Length];
        counts.Clear();
        FrequentWords.Count(words, counts);
        Span<int> scores = stackalloc int[FrequentWords.Languages.Length];
        scores.Clear();
        for (var set = 0; set < sets.Length; set++)
        {
            if (counts[set] > 0)
                Credit(sets[set], counts[set], scores);
        }

        return Winner(scores, words.Length);
    }

    /// <summary>Fills `words` with the hashes of the words, and answers how many there are.</summary>
    /// <remarks>
    /// Where a word ends cannot be foreseen, so there is no branch on it, which takes arithmetic where a condition would do: the hash so far is written at each byte and
    /// stays if the word ends there, and all or none of its bits are kept.
    /// </remarks>
    private static int ReadWords(ReadOnlySpan<byte> text, Span<uint> words)
    {
        var classes = ByteClass.Table;
        var count = 0;
        var hash = TextHash.Seed;
        var wasLetter = 0;
        foreach (var value in text)
        {
            var isLetter = classes[value] / ByteClass.Letter;
            words[count] = hash;
            count += wasLetter & ~isLetter;
            var kept = (uint)-isLetter;
            hash = (TextHash.Step(hash, ByteClass.Lower(value)) & kept) | (TextHash.Seed & ~kept);
            wasLetter = isLetter;
        }

        if (wasLetter != 0)
            words[count++] = hash;
        foreach (ref var word in words[..count])
            word = TextHash.Finish(word);
        return count;
    }

    /// <summary>Words of one language alone count most.</summary>
    private static void Credit(uint languages, int words, Span<int> scores)
    {
        var share = words * (12 / int.PopCount((int)languages));
        for (var language = 0; languages != 0; language++, languages >>= 1)
        {
            if ((languages & 1) != 0)
                scores[language] += share;
        }
    }

    private static string Winner(ReadOnlySpan<int> scores, int words)
    {
        int best = 0, second = -1;
        for (var language = 1; language < scores.Length; language++)
        {
            if (scores[language] > scores[best])
                (second, best) = (best, language);
            else if (second < 0 || scores[language] > scores[second])
                second = language;
        }

        // An eighth of the words must speak for the winner, and more than for the next.
        return scores[best] >= Math.Max(8, 3 * words / 2) && scores[best] > scores[second] ? FrequentWords.Languages[best] : Undetermined;
    }
}
