using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>How much each hashed feature tells of a row's label, from 0, nothing, to 1, all: one less the entropy of the labels of the rows that have it.</summary>
internal static class FeatureInformation
{
    /// <summary>Rows of no label in particular that every feature is taken to have been in besides, so that one seen once or twice is not taken at its word.</summary>
    private const double PriorRows = 2;

    /// <summary>In the order of the features in <paramref name="table"/>; <paramref name="targets"/> has a number for each output of each row.</summary>
    public static float[] Of(IReadOnlyList<TrainingText> texts, ReadOnlySpan<float> targets, int outputs, FeatureTable table, int features)
    {
        var rowsOfLabel = new float[features * outputs];
        for (var row = 0; row < texts.Count; row++)
        {
            var target = targets.Slice(row * outputs, outputs);
            foreach (var hash in texts[row].Hashes)
            {
                var feature = table.RowOf(hash);
                for (var output = 0; feature >= 0 && output < outputs; output++)
                    rowsOfLabel[(feature * outputs) + output] += target[output];
            }
        }

        var information = new float[features];
        for (var feature = 0; feature < features; feature++)
            information[feature] = (float)(1 - (Entropy(rowsOfLabel.AsSpan(feature * outputs, outputs)) / PortableMath.Log(outputs)));
        return information;
    }

    private static double Entropy(ReadOnlySpan<float> rowsOfLabel)
    {
        var prior = PriorRows / rowsOfLabel.Length;
        var rows = PriorRows;
        foreach (var count in rowsOfLabel)
            rows += count;
        var entropy = 0.0;
        foreach (var count in rowsOfLabel)
        {
            var share = (count + prior) / rows;
            entropy -= share * PortableMath.Log(share);
        }

        return entropy;
    }
}
