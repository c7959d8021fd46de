using System.Text;
using System.Text.Json;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification;

/// <summary>Tells the task and the difficulty of a text from weights that ship with the product: no network, no model call, the same bits on every machine.</summary>
/// <remarks>Safe for concurrent use. Text beyond 8 KiB is read at its head and tail. English; other languages mostly abstain.</remarks>
public sealed class TaskClassifier
{
    private const string WeightsResource = "ServerlessRouter.Classification.task-kinds.json";
    private const int MaxWordsExplained = 10;

    private static readonly Lazy<TaskClassifier> Loaded = new(Load);

    private readonly LabelModel _model;
    private readonly int[] _kindOfLabel;

    internal TaskClassifier(LabelModel model)
    {
        _model = model;
        _kindOfLabel = new int[model.Labels.Length];
        for (var label = 0; label < _kindOfLabel.Length; label++)
        {
            if (!TaskKinds.TryParse(model.Labels[label], out var kind))
                throw new InvalidDataException($"'{model.Labels[label]}' is no task kind");
            _kindOfLabel[label] = (int)kind;
        }
    }

    internal LabelModel Model => _model;

    /// <summary>The classifier with the shipped weights, read at first use.</summary>
    public static TaskClassifier Shared => Loaded.Value;

    /// <summary>Classifies text; `probabilities` takes one number for each <see cref="TaskKind"/>, adding up to 1.</summary>
    public TaskClassification Classify(ReadOnlySpan<byte> utf8Text, Span<float> probabilities)
    {
        if (probabilities.Length != TaskKinds.Count)
            throw new ArgumentException($"{TaskKinds.Count} places are needed", nameof(probabilities));
        return Classify(utf8Text, FeatureBuffer.OfThread, probabilities);
    }

    /// <summary>As above, and leaves the features of the text in `features`.</summary>
    internal TaskClassification Classify(ReadOnlySpan<byte> utf8Text, FeatureBuffer features, Span<float> probabilities)
    {
        FeatureExtractor.Extract(utf8Text, _model.Linear.Groups, features);
        return Classify(features, probabilities, out _);
    }

    /// <summary>Classifies text and says why. Allocates; meant for people, not for every request.</summary>
    public TaskExplanation Explain(ReadOnlySpan<byte> utf8Text)
    {
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(utf8Text, _model.Linear.Groups, features);
        var probabilities = new float[TaskKinds.Count];
        var classification = Classify(features, probabilities, out var label);
        return new TaskExplanation(
            classification, probabilities, ExplainFeatures(features, label), ExplainWords(utf8Text, features, label), Difficulty.Explain(features.Handcrafted, probabilities));
    }

    private static TaskClassifier Load()
    {
        using var resource = typeof(TaskClassifier).Assembly.GetManifestResourceStream(WeightsResource)
            ?? throw new InvalidOperationException($"the resource {WeightsResource} is missing");
        using var document = JsonDocument.Parse(resource);
        return new TaskClassifier(LabelModelJson.Read(document.RootElement));
    }

    private TaskClassification Classify(FeatureBuffer features, Span<float> probabilities, out int label)
    {
        Span<float> byLabel = stackalloc float[TaskKinds.Count];
        var decision = _model.Decide(features, byLabel[.._kindOfLabel.Length]);
        probabilities.Clear();
        for (var place = 0; place < _kindOfLabel.Length; place++)
            probabilities[_kindOfLabel[place]] = byLabel[place];
        label = decision.Label;
        var confidence = decision.Confidence;
        var abstained = decision.Abstained;
        if (IsInAnotherLanguage(features))
        {
            Flatten(probabilities);
            confidence = probabilities[_kindOfLabel[label]];
            abstained = true;
        }

        return new TaskClassification(
            (TaskKind)_kindOfLabel[label], confidence, abstained, Difficulty.Of(features.Handcrafted, probabilities));
    }

    /// <summary>Small words of other languages outnumber the English ones, and it is no translation, where they are to be expected.</summary>
    private static bool IsInAnotherLanguage(FeatureBuffer features)
    {
        if (features.Handcrafted[(int)HandcraftedFeature.TranslateAtEnds] > 0)
            return false;
        var sets = FrequentWords.Sets;
        Span<int> counts = stackalloc int[sets.Length];
        counts.Clear();
        FrequentWords.Count(features.Words, counts);
        int english = 0, other = 0;
        for (var set = 0; set < sets.Length; set++)
        {
            if ((sets[set] & FrequentWords.English) != 0)
                english += counts[set];
            else
                other += counts[set];
        }

        return other > 1 && other > 2 * english;
    }

    /// <summary>Leaves a quarter of what sets the tasks apart.</summary>
    private static void Flatten(Span<float> probabilities)
    {
        for (var task = 0; task < probabilities.Length; task++)
            probabilities[task] = 0.25f * probabilities[task] + 0.75f / probabilities.Length;
    }

    private List<FeatureContribution> ExplainFeatures(FeatureBuffer features, int label)
    {
        var explained = new List<FeatureContribution>();
        for (var feature = 0; feature < HandcraftedFeatures.Count; feature++)
        {
            var value = features.Handcrafted[feature];
            if (value != 0)
                explained.Add(new(HandcraftedFeatures.Names[feature], value, _model.Linear.HandcraftedContribution(feature, value, label)));
        }

        explained.Sort(static (one, other) => Math.Abs(other.Contribution).CompareTo(Math.Abs(one.Contribution)));
        return explained;
    }

    private List<FeatureContribution> ExplainWords(ReadOnlySpan<byte> text, FeatureBuffer features, int label)
    {
        var norm = _model.Linear.NormOf(features);
        var byWords = new Dictionary<string, float>();
        for (var place = 0; place < features.Count; place++)
        {
            var contribution = _model.Linear.HashedContribution(features.Hashes[place], norm, label);
            if (contribution == 0)
                continue;
            var words = $"\"{Encoding.UTF8.GetString(text[features.Starts[place]..features.Ends[place]]).ToLowerInvariant()}\"";
            byWords[words] = byWords.GetValueOrDefault(words) + contribution;
        }

        return byWords
            .OrderByDescending(entry => Math.Abs(entry.Value)).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(MaxWordsExplained)
            .Select(entry => new FeatureContribution(entry.Key, 1, entry.Value))
            .ToList();
    }
}

/// <summary>A classification with the reasons for it.</summary>
/// <param name="Classification">What was found.</param>
/// <param name="Probabilities">One for each task kind, in the order of the enum.</param>
/// <param name="Features">Every handcrafted feature the text has, weightiest first.</param>
/// <param name="Words">The words and word pairs that mattered most, weightiest first.</param>
/// <param name="Difficulty">What adds to the difficulty, weightiest first.</param>
public sealed record TaskExplanation(
    TaskClassification Classification,
    IReadOnlyList<float> Probabilities,
    IReadOnlyList<FeatureContribution> Features,
    IReadOnlyList<FeatureContribution> Words,
    IReadOnlyList<FeatureContribution> Difficulty);

/// <summary>What the classifier makes of a text.</summary>
/// <param name="Task">The likeliest task.</param>
/// <param name="Confidence">Its calibrated probability, 0 to 1.</param>
/// <param name="Abstained">The classifier does not know; `Task` is a guess that must not be acted on.</param>
/// <param name="Difficulty">0 (any model answers well) to 1 (strong models fail too).</param>
public readonly record struct TaskClassification(TaskKind Task, float Confidence, bool Abstained, float Difficulty);
