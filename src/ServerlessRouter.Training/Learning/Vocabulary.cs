using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>The hashed features worth a weight, and how much each says by being rare; the root keeps the rarest from drowning the rest. Where the settings ask for it, what it tells of the label counts too.</summary>
internal sealed class Vocabulary
{
    private readonly FeatureTable _table;

    private Vocabulary(uint[] keys, Half[] idf)
    {
        Keys = keys;
        Idf = idf;
        _table = new FeatureTable(keys);
    }

    public uint[] Keys { get; }

    public Half[] Idf { get; }

    public static Vocabulary Of(IReadOnlyList<TrainingText> texts, ReadOnlySpan<float> targets, int outputs, LearningSettings settings)
    {
        var counts = new Dictionary<uint, int>();
        foreach (var text in texts)
        {
            foreach (var hash in text.Hashes)
                counts[hash] = counts.GetValueOrDefault(hash) + 1;
        }

        var kept = counts
            .Where(entry => entry.Value >= settings.MinimumCount)
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)
            .Take(settings.MaximumFeatures)
            .ToList();
        var keys = kept.Select(entry => entry.Key).ToArray();
        var idf = kept.Select(entry => (Half)Math.Sqrt(PortableMath.Log(1 + (double)texts.Count / entry.Value))).ToArray();
        if (settings.InformationShare > 0)
            AddInformation(idf, FeatureInformation.Of(texts, targets, outputs, new FeatureTable(keys), keys.Length), settings.InformationShare);
        return new Vocabulary(keys, idf);
    }

    /// <summary>A feature that tells half of all there is to know keeps its weight.</summary>
    private static void AddInformation(Half[] idf, float[] information, float share)
    {
        for (var feature = 0; feature < idf.Length; feature++)
            idf[feature] = (Half)((float)idf[feature] * (1 - share + (2 * share * information[feature])));
    }

    /// <summary>The rows of a text's known features and their values, of norm one.</summary>
    public (int[] Rows, float[] Values) Project(TrainingText text)
    {
        var rows = new List<int>(text.Hashes.Length);
        var squares = 0f;
        foreach (var hash in text.Hashes)
        {
            var row = _table.RowOf(hash);
            if (row < 0)
                continue;
            rows.Add(row);
            squares += (float)Idf[row] * (float)Idf[row];
        }

        var norm = squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
        return (rows.ToArray(), rows.Select(row => (float)Idf[row] * norm).ToArray());
    }
}
