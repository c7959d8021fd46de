namespace ServerlessRouter.Training.Evaluation;

/// <summary>The choices a row gets as money counts more and more against foreseen quality.</summary>
internal static class PoolSweep
{
    private const int Steps = 142;

    /// <summary>What a unit of cost weighs in units of quality: nothing, then from a tenth to a million.</summary>
    private static readonly double[] Prices = Enumerable.Range(0, Steps).Select(step => step == 0 ? 0 : Math.Pow(10, -1 + 7.0 * (step - 1) / (Steps - 2))).ToArray();

    /// <summary>The model chosen at each price; the cheaper of two that are level.</summary>
    public static byte[] Choices(ReadOnlySpan<double> foreseen, double[] expectedCost)
    {
        var choices = new byte[Steps];
        for (var step = 0; step < Steps; step++)
        {
            var best = 0;
            for (var model = 1; model < expectedCost.Length; model++)
            {
                var gain = foreseen[model] - foreseen[best] - Prices[step] * (expectedCost[model] - expectedCost[best]);
                if (gain > 0 || gain == 0 && expectedCost[model] < expectedCost[best])
                    best = model;
            }

            choices[step] = (byte)best;
        }

        return choices;
    }

    /// <summary>Mean cost and quality at each price.</summary>
    public static IEnumerable<(double X, double Y)> Points(IReadOnlyList<byte[]> choices, IReadOnlyList<PoolRow> rows, int[] times)
    {
        var total = (double)times.Sum();
        for (var step = 0; step < Steps; step++)
        {
            double cost = 0, quality = 0;
            for (var row = 0; row < rows.Count; row++)
            {
                cost += times[row] * rows[row].CostUsd[choices[row][step]];
                quality += times[row] * rows[row].Quality[choices[row][step]];
            }

            yield return (cost / total, quality / total);
        }
    }
}

/// <summary>What each model of a pool really cost and yielded on a prompt, in the order of the models.</summary>
internal sealed record PoolRow(double[] CostUsd, double[] Quality);
