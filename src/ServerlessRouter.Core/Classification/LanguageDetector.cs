using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification;

/// <summary>Tells the language of a text by its script and, in Latin script, by frequent small words.</summary>
public static class LanguageDetector
{
    /// <summary>ISO 639-2 for a language that could not be told.</summary>
    public const string Undetermined = "und";

    private const int MostBytes = 512;

    /// <summary>ISO 639-1 code such as "en" or "ja", or "und".</summary>
    public static string Detect(ReadOnlySpan<byte> utf8Text)
    {
        if (utf8Text.Length > MostBytes)
            utf8Text = utf8Text[..MostBytes];
        var scripts = ScriptCounts.Of(utf8Text);
        return scripts.DominantLanguage() ?? ByWords(utf8Text);
    }

    private static string ByWords(ReadOnlySpan<byte> text)
    {
        Span<int> scores = stackalloc int[FrequentWords.Languages.Length];
        scores.Clear();
        var hash = TextHash.Seed;
        var length = 0;
        var words = 0;
        for (var place = 0; place <= text.Length; place++)
        {
            var value = place < text.Length ? text[place] : (byte)' ';
            if (ByteClass.Table[value] == ByteClass.Letter)
            {
                hash = TextHash.Step(hash, ByteClass.Lower(value));
                length++;
                continue;
            }

            if (length > 0)
            {
                words++;
                Credit(FrequentWords.Find(TextHash.Finish(hash)), scores);
            }

            hash = TextHash.Seed;
            length = 0;
        }

        return Winner(scores, words);
    }

    /// <summary>A word of one language alone counts most.</summary>
    private static void Credit(uint languages, Span<int> scores)
    {
        var share = languages == 0 ? 0 : 12 / int.PopCount((int)languages);
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
