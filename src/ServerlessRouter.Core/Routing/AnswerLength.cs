using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Estimates how many tokens an answer will have.</summary>
internal static class AnswerLength
{
    /// <summary>Tokens of an answer when the task is unknown.</summary>
    public const int DefaultTokens = 300;

    private static readonly ImmutableArray<int> TokensByTask = [.. Enum.GetValues<TaskKind>().Select(TypicalTokens)];

    /// <summary>What the model's answers to the task were like, the typical answer while few are known; never more than the request or the model allows.</summary>
    public static int Estimate(RequestContext context, LanguageModel model, IAnswerLengths lengths)
    {
        var typical = context.Profile.Task is { } task ? TokensByTask[(int)task] : DefaultTokens;
        return Math.Min(lengths.Expect(model, context.Profile.Task, typical), Math.Min(context.Request.MaxOutputTokens ?? int.MaxValue, model.MaxOutputTokens ?? int.MaxValue));
    }

    private static int TypicalTokens(TaskKind task) => task switch
    {
        TaskKind.Code => 600,
        TaskKind.Math => 450,
        TaskKind.FactualQa => 150,
        TaskKind.Reasoning => 500,
        TaskKind.Creative => 700,
        TaskKind.Summarization => 250,
        TaskKind.Translation => 300,
        TaskKind.Extraction => 120,
        TaskKind.Classification => 20,
        TaskKind.Chat => 100,
    };
}
