using ServerlessRouter.Classification.Features;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification.Models;

/// <summary>Predicts from the text of a request how well each configured model would answer, learnt from a team's own graded outcomes. Neither waits nor reads files.</summary>
internal sealed class OutcomeQuality(OutcomeModel model, IReadOnlyList<string> configured)
{
    private const int MaxOnStack = 64;

    /// <summary>For each configured model its place among the trained ones; -1 for one never graded.</summary>
    private readonly int[] _places = [.. configured.Select(name => model.Models.IndexOf(name))];

    /// <summary>For each task kind its place among the graded tasks; -1 for one without a grade.</summary>
    private readonly int[] _tasks = [.. TaskKinds.WireNames.ToArray().Select(name => Array.IndexOf(model.Weights.Tasks, name))];

    /// <summary>
    /// Fills one number for each model of the configuration, in its order: quality 0..1, or not a number for a model never graded. Answers how far to trust it on this text, and its difficulty, which is that of the rule of thumb as far as the text is unlike what was graded.
    /// </summary>
    public OutcomeExpectation Predict(ReadOnlySpan<byte> utf8Text, float ruleOfThumb, Span<float> quality)
    {
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(utf8Text, model.Heads.Groups, features);
        return Predict(features, ruleOfThumb, quality);
    }

    /// <summary>As above, for a text whose features may already have been extracted for another model.</summary>
    public OutcomeExpectation Predict(ReadOnlySpan<byte> utf8Text, FeatureBuffer features, float ruleOfThumb, Span<float> quality)
    {
        if (!features.Serves(model.Heads.Groups))
            FeatureExtractor.Extract(utf8Text, model.Heads.Groups, features);
        return Predict(features, ruleOfThumb, quality);
    }

    /// <summary>What adds to the difficulty of a text, weightiest first, from the parts of the rule of thumb; for people.</summary>
    public IReadOnlyList<FeatureContribution> ExplainDifficulty(ReadOnlySpan<byte> utf8Text, IReadOnlyList<FeatureContribution> ruleOfThumb) =>
        DifficultyExplanation.Of(model, utf8Text, ruleOfThumb);

    /// <summary>Quality of a configured model at a task, by the graded rows and, as far as these are few or far apart, by what is configured.</summary>
    public float QualityAt(int place, TaskKind task, float configuredQuality, bool statesQuality)
    {
        var (trained, row) = (_places[place], _tasks[(int)task]);
        if (trained < 0)
            return configuredQuality;
        var weights = model.Weights;
        var (learnt, evidence) = row < 0 ? (weights.Global[trained], weights.Evidence.OfAll) : (weights.Table[(row * weights.Models.Length) + trained], weights.Evidence.ByTask[row]);
        return statesQuality ? (evidence * learnt) + ((1 - evidence) * configuredQuality) : learnt;
    }

    private OutcomeExpectation Predict(FeatureBuffer features, float ruleOfThumb, Span<float> quality)
    {
        var count = model.Models.Length;
        Span<float> trained = count <= MaxOnStack ? stackalloc float[count] : new float[count];
        var expectation = model.Expect(features, ruleOfThumb, trained);
        for (var place = 0; place < quality.Length; place++)
            quality[place] = _places[place] < 0 ? float.NaN : trained[_places[place]];
        return expectation;
    }
}
