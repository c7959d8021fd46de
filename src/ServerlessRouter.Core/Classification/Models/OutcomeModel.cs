using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>Predicts the quality each model of a pool reaches on a text.</summary>
/// <remarks>
/// Familiar text: one head a model, from words and shape, blended with a table by task. Unfamiliar text: the models' means, moved by cautious
/// heads as far as that helped on tasks left out of training. A trust curve mixes the two.
/// </remarks>
internal sealed class OutcomeModel(LinearModel heads, LinearModel cautious, LinearModel tasks, OutcomeWeights weights)
{
    private const int MaxOnStack = 256;

    public LinearModel Heads => heads;

    /// <summary>Heads learnt in so few and small steps that only what holds across tasks is in them.</summary>
    public LinearModel Cautious => cautious;

    public LinearModel Tasks => tasks;

    public OutcomeWeights Weights => weights;

    public ReadOnlySpan<string> Models => weights.Models;

    /// <summary>How often the typical model failed at what was graded.</summary>
    public float MeanFailure { get; } = DifficultyWeights.FailureOf(weights.Global);

    /// <summary>Fills `quality`, one number a model, so that texts are put into the right order; returns the confidence, 0 to 1, as <see cref="Expect"/> does.</summary>
    public float Predict(FeatureBuffer features, Span<float> quality) => Mix(features, weights.Trust, weights.CautiousShare, quality, out _);

    /// <summary>
    /// Fills `quality`, one number a model, so that the numbers themselves are right: unfamiliar text has the means alone. Returns how far they rest on enough grades, and the difficulty, for which unfamiliar text has the rule of thumb.
    /// </summary>
    public OutcomeExpectation Expect(FeatureBuffer features, float ruleOfThumb, Span<float> quality)
    {
        var confidence = Mix(features, weights.Calibrated, 0, quality, out var foreseen);
        return new OutcomeExpectation(confidence, weights.Difficulty.Of(foreseen, MeanFailure, ruleOfThumb));
    }

    /// <summary>What the parts say, before they are weighed.</summary>
    public Familiarity Guess(FeatureBuffer features, Span<float> byHeads, Span<float> byCautious, Span<float> byTable)
    {
        var known = Probabilities(heads, features, byHeads);
        var coverage = features.PlainCount == 0 ? 0 : (float)known / features.PlainCount;
        Probabilities(cautious, features, byCautious);

        Span<float> byTask = tasks.Stride <= MaxOnStack ? stackalloc float[tasks.Stride] : new float[tasks.Stride];
        tasks.Score(features, byTask);
        byTask = byTask[..weights.Tasks.Length];
        PortableMath.Softmax(byTask);
        float taskConfidence = 0, evidence = 0;
        byTable.Clear();
        for (var task = 0; task < byTask.Length; task++)
        {
            taskConfidence = Math.Max(taskConfidence, byTask[task]);
            evidence += byTask[task] * weights.Evidence.ByTask[task];
            for (var model = 0; model < byTable.Length; model++)
                byTable[model] += byTask[task] * weights.Table[task * byTable.Length + model];
        }

        return new Familiarity(coverage, taskConfidence, evidence);
    }

    private float Mix(FeatureBuffer features, TrustCurve curve, float cautiousShare, Span<float> quality, out ForeseenFailure foreseen)
    {
        var models = quality.Length;
        Span<float> parts = 2 * models <= MaxOnStack ? stackalloc float[2 * models] : new float[2 * models];
        Span<float> table = parts[..models], cautiousGuess = parts[models..];
        var familiarity = Guess(features, quality, cautiousGuess, table);
        foreseen = new ForeseenFailure(DifficultyWeights.FailureOf(quality), DifficultyWeights.FailureOf(table), familiarity);
        var trust = curve.At(familiarity);
        for (var model = 0; model < models; model++)
        {
            var familiar = weights.HeadsShare * quality[model] + (1 - weights.HeadsShare) * table[model];
            var unfamiliar = cautiousShare * cautiousGuess[model] + (1 - cautiousShare) * weights.Global[model];
            quality[model] = Math.Clamp(trust * familiar + (1 - trust) * unfamiliar, 0, 1);
        }

        var known = weights.Calibrated.At(familiarity);
        return (known * familiarity.Evidence) + ((1 - known) * weights.Evidence.OfAll);
    }

    private static int Probabilities(LinearModel linear, FeatureBuffer features, Span<float> probabilities)
    {
        Span<float> scores = linear.Stride <= MaxOnStack ? stackalloc float[linear.Stride] : new float[linear.Stride];
        var known = linear.Score(features, scores);
        for (var output = 0; output < probabilities.Length; output++)
            probabilities[output] = (float)PortableMath.Sigmoid(scores[output]);
        return known;
    }
}

/// <summary>The parts of an outcome model beside its linear ones.</summary>
/// <param name="Models">The models, in the order of every array of qualities.</param>
/// <param name="Global">Mean quality of each model.</param>
/// <param name="Tasks">The tasks of the training rows.</param>
/// <param name="Table">Quality by task and model, shrunken towards the mean; one task after the other.</param>
/// <param name="HeadsShare">How much the heads count, the rest being the table.</param>
/// <param name="CautiousShare">How far the cautious heads move the prediction for unfamiliar text off the means.</param>
/// <param name="Trust">How familiar a text is, for predictions that put texts into an order.</param>
/// <param name="Calibrated">How familiar a text is, for predictions whose numbers count.</param>
/// <param name="Evidence">How far the table and the means rest on enough grades.</param>
/// <param name="Difficulty">How the failures of the typical model are foreseen.</param>
internal sealed record OutcomeWeights(
    string[] Models, float[] Global, string[] Tasks, float[] Table, float HeadsShare, float CautiousShare, TrustCurve Trust, TrustCurve Calibrated,
    GradedEvidence Evidence, DifficultyWeights Difficulty);

/// <summary>What graded outcomes say of a text beside the quality of each model.</summary>
/// <param name="Confidence">How far the qualities rest on enough grades, 0 to 1.</param>
/// <param name="Difficulty">How likely the typical model of the pool fails, 0 to 1.</param>
internal readonly record struct OutcomeExpectation(float Confidence, float Difficulty);

/// <summary>How far mean grades may be believed against what a person estimated: from their number and their spread.</summary>
/// <param name="ByTask">For each task, 0 without a grade to 1.</param>
/// <param name="OfAll">For the mean over all rows.</param>
internal sealed record GradedEvidence(float[] ByTask, float OfAll);
