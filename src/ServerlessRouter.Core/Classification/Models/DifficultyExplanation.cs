using System.Text;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification.Models;

/// <summary>Takes a learnt difficulty apart: what each task, feature and word adds to it. Allocates; meant for people.</summary>
/// <remarks>
/// The parts add up to the difficulty, but for its limits at 0 and 1. A head is curved: what moves its logarithm of the odds from the mean counts by the slope of the chord over the whole move, which is exact.
/// </remarks>
internal static class DifficultyExplanation
{
    private const int MaxWords = 10;

    /// <summary>Less than this is told with the rest.</summary>
    private const float WorthTelling = 0.001f;

    /// <param name="model">What was learnt.</param>
    /// <param name="text">The text.</param>
    /// <param name="ruleOfThumb">The rule of thumb, taken apart.</param>
    public static List<FeatureContribution> Of(OutcomeModel model, ReadOnlySpan<byte> text, IReadOnlyList<FeatureContribution> ruleOfThumb)
    {
        var features = new FeatureBuffer();
        FeatureExtractor.Extract(text, model.Heads.Groups, features);
        var heads = new float[model.Models.Length];
        var familiarity = model.Guess(features, heads, new float[heads.Length], new float[heads.Length]);
        var (weights, mean) = (model.Weights.Difficulty, model.MeanFailure);
        var trust = weights.Trust.At(familiarity);
        var parts = new Parts();
        parts.Add("mean of what was graded", 1, mean - ((1 - trust) * weights.RuleMean));
        foreach (var (feature, value, contribution) in ruleOfThumb)
            parts.Add(feature, value, (1 - trust) * contribution);
        AddTasks(model, features, trust * (1 - weights.HeadsShare), mean, parts);
        AddHeads(model, text, features, heads, trust * weights.HeadsShare, parts);
        return parts.Sorted();
    }

    private static void AddTasks(OutcomeModel model, FeatureBuffer features, float share, float mean, Parts parts)
    {
        var probabilities = new float[model.Tasks.Stride];
        model.Tasks.Score(features, probabilities);
        PortableMath.Softmax(probabilities.AsSpan(0, model.Weights.Tasks.Length));
        for (var task = 0; task < model.Weights.Tasks.Length; task++)
        {
            var failure = DifficultyWeights.FailureOf(model.Weights.Table.AsSpan(task * model.Models.Length, model.Models.Length));
            parts.Add($"graded task {model.Weights.Tasks[task]}", probabilities[task], share * probabilities[task] * (failure - mean));
        }
    }

    private static void AddHeads(OutcomeModel model, ReadOnlySpan<byte> text, FeatureBuffer features, float[] quality, float share, Parts parts)
    {
        var (heads, means) = (model.Heads, model.Weights.Global);
        var slopes = quality.Zip(means, (value, from) => -share * Chord(from, value) / quality.Length).ToArray();
        var left = share * (DifficultyWeights.FailureOf(quality) - model.MeanFailure);
        for (var feature = 0; feature < HandcraftedFeatures.Count; feature++)
        {
            var value = features.Handcrafted[feature];
            var contribution = value == 0 ? 0 : heads.HandcraftedSum(feature, value, slopes);
            if (Math.Abs(contribution) < WorthTelling)
                continue;
            parts.Add(HandcraftedFeatures.Names[feature], value, contribution);
            left -= contribution;
        }

        foreach (var (words, contribution) in Words(heads, text, features, slopes))
        {
            parts.Add(words, 1, contribution);
            left -= contribution;
        }

        parts.Add("other words and shape", 1, left);
    }

    /// <summary>How much a probability moves for each unit its logarithm of the odds moves, on the way from one to the other.</summary>
    private static float Chord(float from, float to)
    {
        double start = LogOdds(from), move = LogOdds(to) - start;
        return (float)(Math.Abs(move) < 1e-3 ? from * (1 - from) : (PortableMath.Sigmoid(start + move) - PortableMath.Sigmoid(start)) / move);
    }

    private static double LogOdds(double probability)
    {
        var inside = Math.Clamp(probability, 1e-4, 1 - 1e-4);
        return PortableMath.Log(inside) - PortableMath.Log(1 - inside);
    }

    private static IEnumerable<KeyValuePair<string, float>> Words(LinearModel heads, ReadOnlySpan<byte> text, FeatureBuffer features, float[] slopes)
    {
        var norm = heads.NormOf(features);
        var byWords = new Dictionary<string, float>();
        for (var place = 0; place < features.Count; place++)
        {
            var contribution = heads.HashedSum(features.Hashes[place], norm, slopes);
            if (contribution == 0)
                continue;
            var words = $"\"{Encoding.UTF8.GetString(text[features.Starts[place]..features.Ends[place]]).ToLowerInvariant()}\"";
            byWords[words] = byWords.GetValueOrDefault(words) + contribution;
        }

        return byWords
            .Where(entry => Math.Abs(entry.Value) >= WorthTelling)
            .OrderByDescending(entry => Math.Abs(entry.Value)).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(MaxWords);
    }

    /// <summary>A feature that several parts know is one item.</summary>
    private sealed class Parts
    {
        private readonly Dictionary<string, FeatureContribution> _byName = [];

        public void Add(string name, float value, float contribution) =>
            _byName[name] = new FeatureContribution(name, value, contribution + (_byName.TryGetValue(name, out var earlier) ? earlier.Contribution : 0));

        public List<FeatureContribution> Sorted() =>
            [.. _byName.Values.Where(part => part.Contribution != 0).OrderByDescending(part => Math.Abs(part.Contribution)).ThenBy(part => part.Feature, StringComparer.Ordinal)];
    }
}
