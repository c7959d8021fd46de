using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>
/// Learns from every answer how long answers are. The length belongs to what is asked before it belongs to who answers: what one model's answers to a task teach holds, for four
/// fifths, for all; what remains is the model's own wordiness, over all its tasks. Else a model never used would be expected to answer at typical length where the one in use is known
/// to be short, and would never be tried.
/// </summary>
internal sealed class AnswerLengths : IAnswerLengths
{
    /// <summary>What others teach counts as much as this many answers of the model itself.</summary>
    private const int WorthOfOthers = 5;

    /// <summary>A model that others are known beside, and that is not itself, is expected to be shorter by up to so much: so it is tried, and then it is known.</summary>
    private const double MaxBenefitOfDoubt = 0.5;
    private const double HalfBenefitAt = 0.25;

    private readonly Lock _lock = new();
    private readonly ModelFigures<ModelLengths> _models = new();
    private readonly TaskLengths _tasks = new();

    /// <summary>Forgets the models that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _models.Follow(router);

    public int Expect(LanguageModel model, TaskKind? task, int typicalTokens)
    {
        var known = _models.Of(model);
        var place = TaskFigures.Place(task);
        var weight = _tasks.WeightAt(place);
        var samples = known.Means.SamplesOf(task);
        if (weight <= 0 && known.Wordiness == 0)
            return typicalTokens;
        var others = Math.Max(0, weight - known.WeightAt(task));
        var benefit = 1 - (MaxBenefitOfDoubt * others / (others + HalfBenefitAt));
        var prior = _tasks.Expect(place, typicalTokens) * Math.Exp(known.Wordiness) * benefit;
        return (int)Math.Clamp(((WorthOfOthers * prior) + (samples * known.Means.Of(task))) / (WorthOfOthers + samples), 1, int.MaxValue);
    }

    public void Learn(LanguageModel model, TaskKind? task, int tokens)
    {
        var known = _models.Of(model);
        lock (_lock)
            known.Learn(task, tokens, _tasks);
    }
}
