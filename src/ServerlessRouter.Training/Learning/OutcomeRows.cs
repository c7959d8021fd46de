using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Domain;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>Graded rows as arrays: features, task number and quality by model, which is no number where it was not graded.</summary>
internal sealed class OutcomeRows
{
    public const FeatureGroups Groups = FeatureGroups.Words | FeatureGroups.Pairs | FeatureGroups.AnyScript;

    private readonly float[] _quality;

    private OutcomeRows(TrainingText[] texts, string[] models, string[] tasks, int[] taskOf, float[] quality, float[] ruleOfThumb)
    {
        RuleOfThumb = ruleOfThumb;
        Texts = texts;
        Models = models;
        Tasks = tasks;
        TaskOf = taskOf;
        _quality = quality;
    }

    public int Count => Texts.Length;

    public TrainingText[] Texts { get; }

    public string[] Models { get; }

    public string[] Tasks { get; }

    public int[] TaskOf { get; }

    /// <summary>Difficulty of each row by the rule of thumb.</summary>
    public float[] RuleOfThumb { get; }

    public ReadOnlySpan<float> QualityOf(int row) => _quality.AsSpan(row * Models.Length, Models.Length);

    public static OutcomeRows Of(IReadOnlyList<OutcomeExample> examples)
    {
        var models = examples.SelectMany(example => example.Quality.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        var tasks = examples.Select(example => example.Task ?? "").Distinct().Order(StringComparer.Ordinal).ToArray();
        var quality = new float[examples.Count * models.Length];
        for (var row = 0; row < examples.Count; row++)
        {
            for (var model = 0; model < models.Length; model++)
                quality[row * models.Length + model] = examples[row].Quality.TryGetValue(models[model], out var grade) ? grade : float.NaN;
        }

        return new OutcomeRows(
            examples.Select(example => LabelTrainer.Extract(example.Prompt, Groups)).ToArray(),
            models,
            tasks,
            examples.Select(example => Array.BinarySearch(tasks, example.Task ?? "", StringComparer.Ordinal)).ToArray(),
            quality,
            examples.Select(example => RuleOf(example.Prompt)).ToArray());
    }

    private static float RuleOf(byte[] prompt)
    {
        Span<float> probabilities = stackalloc float[TaskKinds.Count];
        return TaskClassifier.Shared.Classify(prompt, probabilities).Difficulty;
    }
}
