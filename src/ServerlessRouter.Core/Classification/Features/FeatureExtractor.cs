using System.Buffers;
using System.Numerics;

namespace ServerlessRouter.Classification.Features;

/// <summary>Turns UTF-8 text into hashed and handcrafted features.</summary>
/// <remarks>
/// 1. The bytes of the sample are walked once: signs, line shapes, words.
/// 2. Words become hashed features: alone, in pairs, and again where instructions stand.
/// 3. Cue words, counts of signs and line shapes become the handcrafted features, and rules of thumb over these one vote for each task.
/// Work is linear in the sample, whose size is bounded; invalid UTF-8 is read as letters of no script.
/// </remarks>
internal static class FeatureExtractor
{
    /// <summary>How many words at either end count as the place of instructions.</summary>
    private const int EndWords = 16;

    private const int MaxWordBytes = 32;
    private const int StemLetters = 5;
    private const int GramLetters = 4;

    /// <summary>Opens typographic quotes and dashes, which stand in plain English too.</summary>
    private const byte TypographicLead = 0xe2;

    private static readonly SearchValues<byte> SentenceEnds = SearchValues.Create(".!?:;,)\"'"u8);

    public static void Extract(ReadOnlySpan<byte> text, FeatureGroups groups, FeatureBuffer buffer)
    {
        var sample = new TextSample(text);
        buffer.Reset(sample.Head.Length + sample.Tail.Length, groups);
        Span<int> signs = stackalloc int[128];
        signs.Clear();
        var lines = default(LineShapes);
        ReadWords(sample.Head, 0, groups, signs, ref lines, buffer);
        ReadWords(sample.Tail, text.Length - sample.Tail.Length, groups, signs, ref lines, buffer);
        AddHashes(text, groups, buffer);
        AddCues(buffer);
        AddShapes(text, sample, signs, lines, buffer);
        TaskRules.Apply(buffer.Handcrafted);
    }

    private static void ReadWords(
        ReadOnlySpan<byte> text, int offset, FeatureGroups groups, Span<int> signs, ref LineShapes lines, FeatureBuffer buffer)
    {
        var anyScript = (groups & FeatureGroups.AnyScript) != 0;
        var classes = ByteClass.Table;
        var place = 0;
        if (text.Length > 0)
            lines.Read(text, 0);
        while (place < text.Length)
        {
            var current = text[place];
            var kind = classes[current];
            if (kind < ByteClass.Digit)
            {
                signs[current]++;
                place++;
                if (current == (byte)'\n' && place < text.Length)
                    lines.Read(text, place);
                continue;
            }

            var start = place;
            var hash = TextHash.Seed;
            var foreign = false;
            if (kind == ByteClass.Digit)
            {
                // Numbers are told apart by their length alone.
                while (place < text.Length && classes[text[place]] == ByteClass.Digit)
                    place++;
                hash = TextHash.Step(TextHash.Step(hash, (byte)'#'), (byte)Math.Min(place - start, 5));
            }
            else
            {
                var limit = Math.Min(text.Length, start + MaxWordBytes);
                while (place < limit)
                {
                    current = text[place];
                    var lowered = (byte)(current | 0x20);
                    if ((byte)(lowered - 'a') < 26)
                    {
                        hash = TextHash.Step(hash, lowered);
                        place++;
                        continue;
                    }

                    if (classes[current] < ByteClass.Digit)
                    {
                        if (!IsInnerApostrophe(text, place, start))
                            break;
                        signs[current]++;
                    }

                    // An ideograph is a word of its own: there are no spaces to go by.
                    if (current is >= 0xe3 and <= 0xe9 && place > start)
                        break;
                    foreign |= current >= 0xcd && current != TypographicLead;
                    hash = TextHash.Step(hash, current);
                    place++;
                    if (current is >= 0xe3 and <= 0xe9)
                    {
                        for (var rest = 0; rest < 2 && place < text.Length && text[place] is >= 0x80 and < 0xc0; rest++, place++)
                            hash = TextHash.Step(hash, text[place]);
                        break;
                    }
                }
            }

            if (!foreign || anyScript)
                buffer.AddWord(TextHash.Finish(hash), offset + start, offset + place);
            else
                buffer.DropWord();
        }
    }

    private static bool IsInnerApostrophe(ReadOnlySpan<byte> text, int place, int start) =>
        text[place] == (byte)'\'' && place > start && place + 1 < text.Length && ByteClass.Table[text[place + 1]] == ByteClass.Letter;

    private static void AddHashes(ReadOnlySpan<byte> text, FeatureGroups groups, FeatureBuffer buffer)
    {
        var words = buffer.Words;
        var starts = buffer.WordStarts;
        var ends = buffer.WordEnds;
        for (var place = 0; place < words.Length; place++)
        {
            var word = words[place];
            var atEnds = (groups & FeatureGroups.Ends) != 0 && (place < EndWords || place >= words.Length - EndWords);
            if ((groups & FeatureGroups.Words) != 0)
                buffer.AddPlain(word, starts[place], ends[place]);
            if (atEnds)
                buffer.Add(TextHash.Salted(word, TextHash.EndSalt), starts[place], ends[place]);
            if ((groups & FeatureGroups.Stems) != 0 && ends[place] - starts[place] > StemLetters)
                buffer.Add(Stem(text.Slice(starts[place], StemLetters)), starts[place], ends[place]);
            if ((groups & FeatureGroups.Grams) != 0)
                AddGrams(text, starts[place], ends[place], GramLetters, TextHash.GramSalt, buffer);
            if ((groups & FeatureGroups.MoreGrams) != 0)
            {
                AddGrams(text, starts[place], ends[place], GramLetters - 1, TextHash.ShortGramSalt, buffer);
                AddGrams(text, starts[place], ends[place], GramLetters + 1, TextHash.LongGramSalt, buffer);
            }

            if (place == 0)
                continue;
            if ((groups & FeatureGroups.Pairs) != 0)
            {
                var pair = TextHash.Pair(words[place - 1], word);
                buffer.AddPlain(pair, starts[place - 1], ends[place]);
                if (atEnds)
                    buffer.Add(TextHash.Salted(pair, TextHash.EndSalt), starts[place - 1], ends[place]);
            }

            if (place == 1)
                continue;
            if ((groups & FeatureGroups.Skips) != 0)
                buffer.Add(TextHash.Salted(TextHash.Pair(words[place - 2], word), TextHash.SkipSalt), starts[place - 2], ends[place]);
        }
    }

    private static void AddGrams(ReadOnlySpan<byte> text, int start, int end, int letters, uint salt, FeatureBuffer buffer)
    {
        // A blank before and after tells beginnings and endings from middles.
        for (var first = start - 1; first + letters <= end + 1; first++)
        {
            var hash = TextHash.Seed;
            for (var place = first; place < first + letters; place++)
                hash = TextHash.Step(hash, place < start || place >= end ? (byte)' ' : ByteClass.Lower(text[place]));
            buffer.Add(TextHash.Salted(hash, salt), start, end);
        }
    }

    private static uint Stem(ReadOnlySpan<byte> letters)
    {
        var hash = TextHash.Seed;
        foreach (var letter in letters)
            hash = TextHash.Step(hash, ByteClass.Lower(letter));
        return TextHash.Salted(hash, TextHash.StemSalt);
    }

    private static void AddCues(FeatureBuffer buffer)
    {
        Span<int> anywhere = stackalloc int[32];
        Span<int> atEnds = stackalloc int[32];
        anywhere.Clear();
        atEnds.Clear();
        var words = buffer.Words;
        for (var place = 0; place < words.Length; place++)
        {
            var found = CueWords.Find(words[place]);
            if (place > 0)
                found |= CueWords.Find(TextHash.Pair(words[place - 1], words[place]));
            var isAtEnds = place < EndWords || place >= words.Length - EndWords;
            while (found != 0)
            {
                var list = BitOperations.TrailingZeroCount(found);
                found &= found - 1;
                anywhere[list]++;
                if (isAtEnds)
                    atEnds[list]++;
            }
        }

        var features = buffer.Handcrafted;
        for (var list = 0; list < CueWords.Count; list++)
        {
            var feature = CueWords.FeatureOf(list);
            features[(int)feature] = Saturated(anywhere[list], 2);
            if (EndsOf(feature) is { } ends)
                features[(int)ends] = Saturated(atEnds[list], 1);
        }

        if (words.Length > 0 && (CueWords.Find(words[0]) & 1) != 0)
            features[(int)HandcraftedFeature.QuestionWordFirst] = 1;
    }

    private static HandcraftedFeature? EndsOf(HandcraftedFeature feature) => feature switch
    {
        HandcraftedFeature.Translate => HandcraftedFeature.TranslateAtEnds,
        HandcraftedFeature.Summarize => HandcraftedFeature.SummarizeAtEnds,
        HandcraftedFeature.Classify => HandcraftedFeature.ClassifyAtEnds,
        HandcraftedFeature.Extract => HandcraftedFeature.ExtractAtEnds,
        HandcraftedFeature.CreativeWriting => HandcraftedFeature.CreativeWritingAtEnds,
        HandcraftedFeature.Programming => HandcraftedFeature.ProgrammingAtEnds,
        HandcraftedFeature.Mathematics => HandcraftedFeature.MathematicsAtEnds,
        HandcraftedFeature.Reasoning => HandcraftedFeature.ReasoningAtEnds,
        _ => null,
    };

    private static void AddShapes(ReadOnlySpan<byte> text, in TextSample sample, ReadOnlySpan<int> signs, in LineShapes lines, FeatureBuffer buffer)
    {
        var features = new FeatureWriter(buffer.Handcrafted);
        var bytes = Math.Max(1, sample.Head.Length + sample.Tail.Length);
        var words = Math.Max(1, buffer.WordCount);
        int digits = sample.Count('0', '9'), upper = sample.Count('A', 'Z'), letters = upper + sample.Count('a', 'z');
        int high = sample.Count(0x80, 0xff), foreign = 0, wide = 0;
        if (high > 0)
            (foreign, wide) = (sample.Count(0xcd, 0xdf), sample.Count(0xe0, 0xef) - sample.Count(TypographicLead, TypographicLead));
        var punctuation = Sum(signs, '!', '/') + Sum(signs, ':', '@') + Sum(signs, '[', '`') + Sum(signs, '{', '~');

        features.Set(HandcraftedFeature.Length, Math.Min(1, Log2(text.Length + 1) / 16));
        features.Set(HandcraftedFeature.ShortText, 1 - Saturated(words, 12));
        features.Set(HandcraftedFeature.Lines, Saturated(lines.Count, 8));
        features.Set(HandcraftedFeature.WordLength, Math.Min(1, letters / (10f * words)));
        features.Set(HandcraftedFeature.WordsPerLine, Saturated(words / Math.Max(1, lines.Count), 16));
        features.Set(HandcraftedFeature.DigitShare, Math.Min(1, 5f * digits / bytes));
        features.Set(HandcraftedFeature.UpperShare, Math.Min(1, 4f * upper / Math.Max(1, letters)));
        features.Set(HandcraftedFeature.PunctuationShare, Math.Min(1, 4f * punctuation / bytes));
        features.Set(HandcraftedFeature.NonAsciiShare, (float)high / bytes);
        features.Set(HandcraftedFeature.NonLatinShare, NonLatinShare(letters, foreign, wide));
        features.Set(HandcraftedFeature.Numbers, Saturated(digits, 6));
        features.Set(HandcraftedFeature.QuestionMarks, Saturated(signs['?'], 1));
        features.Set(HandcraftedFeature.Exclamations, Saturated(signs['!'], 2));
        features.Set(HandcraftedFeature.Quotes, Saturated(signs['"'], 4));
        features.Set(HandcraftedFeature.Operators, Saturated(signs['='] + signs['+'] + signs['*'] + signs['/'] + signs['^'], 4));
        features.Set(HandcraftedFeature.Comparisons, Saturated(signs['<'] + signs['>'], 4));
        features.Set(HandcraftedFeature.Braces, Saturated(signs['{'], 2));
        features.Set(HandcraftedFeature.Brackets, Saturated(signs['['], 2));
        features.Set(HandcraftedFeature.Parentheses, Saturated(signs['('], 4));
        features.Set(HandcraftedFeature.Semicolons, Saturated(signs[';'], 4));
        features.Set(HandcraftedFeature.Underscores, Saturated(signs['_'], 4));
        features.Set(HandcraftedFeature.Backslashes, Saturated(signs['\\'], 4));
        features.Set(HandcraftedFeature.Dollars, Saturated(signs['$'], 2));
        features.Set(HandcraftedFeature.Backticks, Saturated(signs['`'], 2));
        features.Set(HandcraftedFeature.CodeFence, lines.Fences > 0 ? 1 : 0);
        features.Set(HandcraftedFeature.Pipes, Saturated(signs['|'], 4));
        features.Set(HandcraftedFeature.Tags, Saturated(Math.Min(signs['<'], signs['>']), 2));
        features.Set(HandcraftedFeature.Percents, Saturated(signs['%'], 2));
        features.Set(HandcraftedFeature.Colons, Saturated(signs[':'], 4));
        features.Set(HandcraftedFeature.Dashes, Saturated(signs['-'], 8));
        features.Set(HandcraftedFeature.ChoiceLines, Saturated(lines.Choices, 2));
        features.Set(HandcraftedFeature.NumberedLines, Saturated(lines.Numbered, 2));
        features.Set(HandcraftedFeature.BulletLines, Saturated(lines.Bullets, 2));
        features.Set(HandcraftedFeature.IndentedLines, Saturated(lines.Indented, 2));
        features.Set(HandcraftedFeature.BlankLines, Saturated(lines.Blank, 2));
        features.Set(HandcraftedFeature.SpeakerLines, Saturated(lines.Speakers, 3));

        var trimmed = text[^Math.Min(text.Length, TextSample.TailBytes)..].TrimEnd(" \t\r\n"u8);
        if (trimmed.IsEmpty)
            return;
        features.Set(HandcraftedFeature.EndsWithQuestion, trimmed[^1] == (byte)'?' ? 1 : 0);
        features.Set(HandcraftedFeature.EndsWithColon, trimmed[^1] == (byte)':' ? 1 : 0);
        features.Set(HandcraftedFeature.EndsWithoutPunctuation, SentenceEnds.Contains(trimmed[^1]) ? 0 : 1);
    }

    private static float NonLatinShare(int letters, int twoByteForeign, int threeByteForeign)
    {
        var foreign = twoByteForeign + 2 * threeByteForeign;
        return foreign == 0 ? 0 : (float)foreign / (foreign + letters);
    }

    private static int Sum(ReadOnlySpan<int> signs, int first, int last)
    {
        var sum = 0;
        for (var place = first; place <= last; place++)
            sum += signs[place];
        return sum;
    }

    /// <summary>Logarithm to base 2, straight between the powers of two.</summary>
    private static float Log2(int value)
    {
        var power = BitOperations.Log2((uint)value);
        return power + (float)value / (1 << power) - 1;
    }

    private static float Saturated(int count, int half) => (float)count / (count + half);

    private readonly ref struct FeatureWriter(Span<float> features)
    {
        private readonly Span<float> _features = features;

        public void Set(HandcraftedFeature feature, float value) => _features[(int)feature] = value;
    }
}
