using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Answers;

/// <summary>Reads off an answer what betrays a wrong one: a missing final answer, sums that do not add up, unused givens, hedging, refusal, truncation.</summary>
/// <remarks>Bounded: of long texts the last 8 KiB are read, and no more than 256 numbers.</remarks>
public static class AnswerFeatures
{
    private const int MaxNumbers = 256;
    private const double Tolerance = 0.011;

    public static int Count { get; } = Enum.GetNames<AnswerFeature>().Length;

    /// <summary>Fills `features`, one number for each <see cref="AnswerFeature"/>.</summary>
    public static void Read(ReadOnlySpan<byte> question, ReadOnlySpan<byte> answer, Span<float> features)
    {
        features.Clear();
        question = Bounded(question);
        answer = Bounded(answer).Trim(" \t\r\n"u8);
        var given = new NumberSet(stackalloc double[MaxNumbers]);
        given.AddAll(question);
        Set(features, AnswerFeature.QuestionLength, Saturated(question.Length, 250));
        Set(features, AnswerFeature.GivenNumbers, Saturated(given.Count, 4));
        Set(features, AnswerFeature.Empty, answer.IsEmpty ? 1 : 0);
        if (answer.IsEmpty)
            return;

        var used = new NumberSet(stackalloc double[MaxNumbers]);
        used.AddAll(answer);
        var equations = Equations.Of(answer, new NumberSet(stackalloc double[MaxNumbers]));
        ReadSums(equations, given, used, features);
        ReadFinalAnswer(answer, equations, given, features);
        ReadWords(answer, features);
        Set(features, AnswerFeature.Length, Saturated(answer.Length, 400));
        Set(features, AnswerFeature.StepsForGivens, Saturated(equations.Count, Math.Max(1, given.Count)));
    }

    private static void ReadSums(in Equations equations, in NumberSet given, in NumberSet used, Span<float> features)
    {
        Set(features, AnswerFeature.Equations, Saturated(equations.Count, 3));
        Set(features, AnswerFeature.WrongArithmetic, equations.Count == 0 ? 0 : (float)equations.Wrong / equations.Count);
        Set(features, AnswerFeature.AnyWrongArithmetic, equations.Wrong > 0 ? 1 : 0);
        Set(features, AnswerFeature.FractionalSteps, equations.Count == 0 ? 0 : (float)equations.Fractional / equations.Count);
        Set(features, AnswerFeature.Divisions, Saturated(equations.Divisions, 2));
        Set(features, AnswerFeature.UnusedGivens, given.ShareMissingIn(used, default));
        Set(features, AnswerFeature.InventedNumbers, used.ShareMissingIn(given, equations.Results));
    }

    private static void ReadFinalAnswer(ReadOnlySpan<byte> answer, in Equations equations, in NumberSet given, Span<float> features)
    {
        var announced = FinalAnswer.TryFind(answer, out var value);
        if (announced is FinalAnswerKind.None or FinalAnswerKind.Malformed)
        {
            Set(features, announced == FinalAnswerKind.None ? AnswerFeature.NoFinalAnswer : AnswerFeature.MalformedFinalAnswer, 1);
            return;
        }

        Set(features, AnswerFeature.FinalIsNegative, value < 0 ? 1 : 0);
        Set(features, AnswerFeature.FinalIsFractional, Math.Abs(value - Math.Round(value)) > Tolerance ? 1 : 0);
        Set(features, AnswerFeature.FinalIsGiven, given.Contains(value) ? 1 : 0);
        Set(features, AnswerFeature.FinalIsLarge, given.Count > 0 && value > 20 * given.Largest ? 1 : 0);
        Set(features, AnswerFeature.FinalIsNotLastResult, equations.Count > 0 && Math.Abs(equations.Results.Last - value) > Tolerance ? 1 : 0);
    }

    private static void ReadWords(ReadOnlySpan<byte> answer, Span<float> features)
    {
        var lines = 0;
        var repeated = 0;
        var earlier = new NumberSet(stackalloc double[MaxNumbers]);
        foreach (var range in answer.Split((byte)'\n'))
        {
            var line = answer[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
                continue;
            lines++;
            double hash = HashOf(line);
            repeated += earlier.Contains(hash) ? 1 : 0;
            earlier.Add(hash);
        }

        Set(features, AnswerFeature.Lines, Saturated(lines, 6));
        Set(features, AnswerFeature.Repetition, (float)repeated / Math.Max(1, lines));
        Set(features, AnswerFeature.Hedging, Saturated(AnswerPhrases.Hedges(answer), 1));
        Set(features, AnswerFeature.Refusal, AnswerPhrases.Refuses(answer) ? 1 : 0);
        Set(features, AnswerFeature.Truncated, AnswerPhrases.IsTruncated(answer) ? 1 : 0);
    }

    private static uint HashOf(ReadOnlySpan<byte> line)
    {
        var hash = TextHash.Seed;
        foreach (var value in line)
            hash = TextHash.Step(hash, value);
        return TextHash.Finish(hash);
    }

    private static ReadOnlySpan<byte> Bounded(ReadOnlySpan<byte> text) =>
        text.Length <= TextSample.HeadBytes + TextSample.TailBytes ? text : text[^(TextSample.HeadBytes + TextSample.TailBytes)..];

    private static void Set(Span<float> features, AnswerFeature feature, float value) => features[(int)feature] = value;

    private static float Saturated(int count, int half) => (float)count / (count + half);
}

/// <summary>What can be seen in an answer without knowing the right one; each from 0 to 1.</summary>
public enum AnswerFeature
{
    /// <summary>Nothing was answered.</summary>
    Empty,
    Length,
    Lines,

    /// <summary>No "#### 42", "\boxed{42}" or "the answer is 42".</summary>
    NoFinalAnswer,

    /// <summary>A final answer is announced, but no number follows.</summary>
    MalformedFinalAnswer,

    /// <summary>The text stops in mid-sentence, or a code fence stays open.</summary>
    Truncated,
    Equations,

    /// <summary>Share of the equations that do not add up.</summary>
    WrongArithmetic,

    /// <summary>Some equation does not add up.</summary>
    AnyWrongArithmetic,

    /// <summary>The final answer is not the last computed result.</summary>
    FinalIsNotLastResult,

    /// <summary>Share of the numbers in the question that the answer never uses.</summary>
    UnusedGivens,

    /// <summary>Share of the numbers in the answer that are neither given nor computed.</summary>
    InventedNumbers,
    FinalIsFractional,
    FinalIsNegative,

    /// <summary>The final answer is one of the numbers in the question.</summary>
    FinalIsGiven,

    /// <summary>The final answer is far beyond every number in the question.</summary>
    FinalIsLarge,
    Hedging,
    Refusal,

    /// <summary>Share of the lines that say what an earlier line said.</summary>
    Repetition,
    FractionalSteps,
    Divisions,
    GivenNumbers,
    QuestionLength,
    StepsForGivens,
}

/// <summary>Phrases by which answers hedge or refuse, and endings that are none.</summary>
internal static class AnswerPhrases
{
    private static readonly byte[][] Hedging =
    [
        .. Bytes("not sure", "unclear", "cannot determine", "can't determine", "not enough information", "it depends", "ambiguous", "assuming", "assume", "perhaps", "might be", "approximately", "however", "wait,", "let's say", "doesn't make sense", "not possible"),
    ];

    private static readonly byte[][] Refusals =
    [
        .. Bytes("I cannot", "I can't", "I'm sorry", "I am sorry", "I'm unable", "I am unable", "As an AI", "as an AI", "I won't", "I don't have access"),
    ];

    public static int Hedges(ReadOnlySpan<byte> answer)
    {
        var found = 0;
        foreach (var phrase in Hedging)
            found += answer.IndexOf(phrase) >= 0 ? 1 : 0;
        return found;
    }

    public static bool Refuses(ReadOnlySpan<byte> answer)
    {
        foreach (var phrase in Refusals)
        {
            if (answer.IndexOf(phrase) >= 0)
                return true;
        }

        return false;
    }

    public static bool IsTruncated(ReadOnlySpan<byte> answer)
    {
        if (answer.Count("```"u8) % 2 == 1)
            return true;
        var last = answer[^1];
        return last is (byte)',' or (byte)'+' or (byte)'*' or (byte)'=' or (byte)'(' or (byte)'-' || (answer.LastIndexOf("####"u8) < 0 && (byte)((last | 0x20) - 'a') < 26);
    }

    private static IEnumerable<byte[]> Bytes(params string[] phrases) => phrases.Select(System.Text.Encoding.UTF8.GetBytes);
}
