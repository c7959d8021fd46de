using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>Learns from every answer how many tokens the answers of a model to a task have.</summary>
internal sealed class AnswerLengths : IAnswerLengths
{
    /// <summary>The typical length counts as much as this many answers.</summary>
    private const int WorthOfTypical = 5;

    /// <summary>The least share of the way an answer moves the mean: old answers fade.</summary>
    private const float LeastShare = 0.02f;

    private readonly ModelFigures _means = new();

    public int Expect(LanguageModel model, TaskKind? task, int typicalTokens)
    {
        var means = _means.Of(model);
        var samples = means.SamplesOf(task);
        return samples == 0 ? typicalTokens : (int)(((WorthOfTypical * (float)typicalTokens) + (samples * means.Of(task))) / (WorthOfTypical + samples));
    }

    public void Learn(LanguageModel model, TaskKind? task, int tokens)
    {
        var means = _means.Of(model);
        var share = Math.Max(LeastShare, 1f / (means.SamplesOf(task) + 1));
        means.Move(task, tokens, share, 0, float.MaxValue);
    }
}
