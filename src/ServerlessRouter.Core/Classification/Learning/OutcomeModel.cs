using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Learning;

/// <summary>Predicts the quality each model of a pool reaches on a text.</summary>
/// <remarks>One head a model and a table by task, blended, and pulled back to the models' means where the text is unlike the training rows.</remarks>
internal sealed class OutcomeModel(LinearModel heads, LinearModel tasks, OutcomeWeights weights)
{
    private const int MostOnStack = 256;

    public LinearModel Heads => heads;

    public LinearModel Tasks => tasks;

    public OutcomeWeights Weights => weights;

    public ReadOnlySpan<string> Models => weights.Models;

    /// <summary>Fills `quality`, one number a model; returns how far the prediction is trusted, 0 to 1.</summary>
    public float Predict(FeatureBuffer features, Span<float> quality)
    {
        Span<float> table = quality.Length <= MostOnStack ? stackalloc float[quality.Length] : new float[quality.Length];
        Guess(features, quality, table, out var coverage, out var taskConfidence);
        var trust = weights.Trust.At(coverage, taskConfidence);
        for (var model = 0; model < quality.Length; model++)
        {
            var guess = weights.HeadsShare * quality[model] + (1 - weights.HeadsShare) * table[model];
            quality[model] = Math.Clamp(trust * guess + (1 - trust) * weights.Global[model], 0, 1);
        }

        return trust;
    }

    /// <summary>What the heads and the table say, before they are weighed.</summary>
    public void Guess(FeatureBuffer features, Span<float> byHeads, Span<float> byTable, out float coverage, out float taskConfidence)
    {
        Span<float> scores = heads.Stride <= MostOnStack ? stackalloc float[heads.Stride] : new float[heads.Stride];
        var known = heads.Score(features, scores);
        coverage = features.Count == 0 ? 0 : (float)known / features.Count;
        for (var model = 0; model < byHeads.Length; model++)
            byHeads[model] = (float)PortableMath.Sigmoid(scores[model]);

        Span<float> byTask = tasks.Stride <= MostOnStack ? stackalloc float[tasks.Stride] : new float[tasks.Stride];
        tasks.Score(features, byTask);
        byTask = byTask[..weights.Tasks.Length];
        PortableMath.Softmax(byTask);
        taskConfidence = 0;
        byTable.Clear();
        for (var task = 0; task < byTask.Length; task++)
        {
            taskConfidence = Math.Max(taskConfidence, byTask[task]);
            for (var model = 0; model < byTable.Length; model++)
                byTable[model] += byTask[task] * weights.Table[task * byTable.Length + model];
        }
    }
}
