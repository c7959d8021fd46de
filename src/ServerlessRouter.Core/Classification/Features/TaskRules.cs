using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification.Features;

/// <summary>Rules of thumb: how much a text looks like each task to a reader who has seen no training data, so that unseen kinds of text find a footing.</summary>
internal static class TaskRules
{
    private const int Votes = (int)HandcraftedFeature.LooksLikeCode;

    /// <summary>The vote that speaks for each label that is the name of a task kind.</summary>
    public static List<(int Feature, int Output)> BeliefsAbout(string[] labels)
    {
        var beliefs = new List<(int Feature, int Output)>();
        for (var label = 0; label < labels.Length; label++)
        {
            if (TaskKinds.TryParse(labels[label], out var kind))
                beliefs.Add((Votes + (int)kind, label));
        }

        return beliefs;
    }

    public static void Apply(Span<float> f)
    {
        Span<float> scores = stackalloc float[TaskKinds.Count];
        var isShort = f[(int)HandcraftedFeature.ShortText];
        // From 300 bytes to 2 KB.
        var isLong = Math.Clamp((16 * f[(int)HandcraftedFeature.Length] - 8.25f) / 2.75f, 0, 1);
        var person = Math.Max(f[(int)HandcraftedFeature.SecondPerson], f[(int)HandcraftedFeature.FirstPerson]);
        var question = Math.Max(f[(int)HandcraftedFeature.QuestionWordFirst], f[(int)HandcraftedFeature.EndsWithQuestion]);
        var formulas = Math.Max(f[(int)HandcraftedFeature.Backslashes], f[(int)HandcraftedFeature.Operators]);
        var symbols = Math.Max(Math.Max(f[(int)HandcraftedFeature.Braces], f[(int)HandcraftedFeature.Semicolons]), Math.Max(f[(int)HandcraftedFeature.Backticks], f[(int)HandcraftedFeature.Underscores]));

        scores[(int)TaskKind.Code] = 6 * f[(int)HandcraftedFeature.ProgrammingAtEnds] + 2 * symbols + 2 * f[(int)HandcraftedFeature.CodeFence];
        scores[(int)TaskKind.Math] = 3 * f[(int)HandcraftedFeature.MathematicsAtEnds] + 2 * f[(int)HandcraftedFeature.Numbers] + 2 * f[(int)HandcraftedFeature.HowMany]
            + 2 * formulas;
        scores[(int)TaskKind.FactualQa] = 2.5f * f[(int)HandcraftedFeature.QuestionWord] + 2 * f[(int)HandcraftedFeature.QuestionWordFirst] + 2 * isShort
            + 2 * f[(int)HandcraftedFeature.ChoiceLines] + 1.5f * Math.Max(f[(int)HandcraftedFeature.Science], f[(int)HandcraftedFeature.Society]) - 3 * person
            - 2 * f[(int)HandcraftedFeature.ProgrammingAtEnds] + 2 * Math.Min(f[(int)HandcraftedFeature.ChoiceLines], f[(int)HandcraftedFeature.EndsWithColon]);
        scores[(int)TaskKind.Reasoning] = 4 * f[(int)HandcraftedFeature.ReasoningAtEnds] + 1.5f * question + f[(int)HandcraftedFeature.ChoiceLines];
        scores[(int)TaskKind.Creative] = 5.5f * f[(int)HandcraftedFeature.CreativeWritingAtEnds];
        scores[(int)TaskKind.Summarization] = 6.5f * f[(int)HandcraftedFeature.SummarizeAtEnds] + 2 * isLong;
        scores[(int)TaskKind.Translation] = 6 * f[(int)HandcraftedFeature.TranslateAtEnds] + 2 * f[(int)HandcraftedFeature.LanguageNames];
        scores[(int)TaskKind.Extraction] = 2.5f * f[(int)HandcraftedFeature.ExtractAtEnds] + 3.5f * isLong + 1.5f * question;
        scores[(int)TaskKind.Classification] = 5 * f[(int)HandcraftedFeature.ClassifyAtEnds] + f[(int)HandcraftedFeature.EndsWithQuestion] + 1.5f * isLong;
        scores[(int)TaskKind.Chat] = (3 * person + 3 * f[(int)HandcraftedFeature.SmallTalk]) * Math.Min(1, 2 * isShort) + 2 * isShort - 2 * f[(int)HandcraftedFeature.Numbers]
            - 2 * f[(int)HandcraftedFeature.LanguageNames];
        PortableMath.Softmax(scores);
        scores.CopyTo(f[Votes..]);
    }
}
