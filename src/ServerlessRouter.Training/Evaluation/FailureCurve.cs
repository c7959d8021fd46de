namespace ServerlessRouter.Training.Evaluation;

/// <summary>Answers from the easiest prompt to the hardest, beside the share that failed. Folds need not agree on a scale: prompts are ranked against those of their own fold.</summary>
internal sealed class FailureCurve
{
    private const int Parts = 10;

    private readonly double[] _answers;
    private readonly double[] _truth;
    private readonly int[] _order;
    private readonly int[][] _orderOfFolds;

    public FailureCurve(double[] answers, double[] truth, int[] foldOf)
    {
        (_answers, _truth) = (answers, truth);
        _order = Enumerable.Range(0, answers.Length).OrderBy(row => answers[row]).ThenBy(row => row).ToArray();
        _orderOfFolds = [.. _order.GroupBy(row => foldOf[row]).Select(static fold => fold.ToArray())];
    }

    /// <summary>Percent ranked right, squared error and calibration error, where each row counts so many times.</summary>
    public double[] Figures(int[] times) => [100 * RankedRight(times), SquaredError(times), CalibrationError(times)];

    private double RankedRight(int[] times)
    {
        double ranked = 0, pairs = 0;
        foreach (var order in _orderOfFolds)
        {
            var (inFold, all) = Pairs(order, times);
            ranked += inFold;
            pairs += all;
        }

        return ranked / pairs;
    }

    /// <summary>Pairs of a failure and a success: those with the failure ranked as the harder, and all.</summary>
    private (double Ranked, double All) Pairs(int[] order, int[] times)
    {
        double rightBelow = 0, failures = 0, ranked = 0;
        for (var place = 0; place < order.Length;)
        {
            double failed = 0, right = 0;
            var level = _answers[order[place]];
            for (; place < order.Length && _answers[order[place]] == level; place++)
            {
                failed += times[order[place]] * _truth[order[place]];
                right += times[order[place]] * (1 - _truth[order[place]]);
            }

            ranked += failed * (rightBelow + (right / 2));
            rightBelow += right;
            failures += failed;
        }

        return (ranked, failures * rightBelow);
    }

    private double SquaredError(int[] times) =>
        _answers.Select((answer, row) => times[row] * (answer - _truth[row]) * (answer - _truth[row])).Sum() / times.Sum();

    private double CalibrationError(int[] times)
    {
        double total = times.Sum(), error = 0, difference = 0, counted = 0;
        var part = 1;
        foreach (var row in _order)
        {
            difference += times[row] * (_answers[row] - _truth[row]);
            counted += times[row];
            if (counted < total * part / Parts)
                continue;
            error += Math.Abs(difference);
            difference = 0;
            part++;
        }

        return (error + Math.Abs(difference)) / total;
    }
}
