using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>AIQ of a router over a pool of models with costs, and what 95 and 100 % of the best single model's quality cost, in percent of that model's cost.</summary>
/// <remarks>A prompt goes to the model with the highest foreseen quality minus a price times the model's mean cost in training, for many prices.</remarks>
internal static class PoolMeasure
{
    private static readonly string[] Metrics = ["AIQ", "cost at 95% of best", "cost at 100% of best", "highest quality"];

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var rows = folds.SelectMany(fold => fold.Test).Select(row => Row(row, models)).ToList();
        var routed = new List<byte[]>();
        var byLength = new List<byte[]>();
        foreach (var fold in folds)
        {
            var expected = models.Select(model => fold.Training.Average(row => (double)row.CostUsd![model])).ToArray();
            routed.AddRange(fold.Answers.Select(answer => PoolSweep.Choices(Widened(answer), expected)));
            byLength.AddRange(LengthQuality.Of(fold, models).Select(guess => PoolSweep.Choices(Widened(guess), expected)));
        }

        var foreseen = rows.ConvertAll(row => PoolSweep.Choices(row.Quality, row.CostUsd));
        var once = Bootstrap.Once(rows.Count);
        var result = Figures(PoolSweep.Points(routed, rows, once), rows, once);
        var random = Figures(Singles(rows, once), rows, once);
        var length = Figures(PoolSweep.Points(byLength, rows, once), rows, once);
        var oracle = Figures(PoolSweep.Points(foreseen, rows, once), rows, once);
        var deviation = Bootstrap.Deviations(rows.Count, times => Figures(PoolSweep.Points(routed, rows, times), rows, times));
        return new MeasuredFigures(result, random, length, oracle, deviation).Of(set, Metrics, static metric => IsCost(metric) ? FigureUnit.Percent : FigureUnit.Ratio, IsCost);
    }

    private static bool IsCost(string metric) => metric.StartsWith("cost", StringComparison.Ordinal);

    private static PoolRow Row(OutcomeExample row, IReadOnlyList<string> models) =>
        new(models.Select(model => (double)row.CostUsd![model]).ToArray(), models.Select(model => (double)row.Quality[model]).ToArray());

    private static double[] Widened(float[] values) => Array.ConvertAll(values, static value => (double)value);

    private static double[] Figures(IEnumerable<(double X, double Y)> points, List<PoolRow> rows, int[] times)
    {
        var singles = Singles(rows, times);
        var best = singles.MaxBy(single => single.Y);
        var hull = new CostHull(points);
        return
        [
            hull.MeanHeight(singles.Min(single => single.X), singles.Max(single => single.X)),
            100 * hull.CostOf(0.95 * best.Y) / best.X,
            100 * hull.CostOf(best.Y) / best.X,
            hull.HighestQuality,
        ];
    }

    /// <summary>Mean cost and quality of each model alone; mixing them by lot is what luck reaches.</summary>
    private static (double X, double Y)[] Singles(List<PoolRow> rows, int[] times)
    {
        var total = (double)times.Sum();
        return Enumerable.Range(0, rows[0].Quality.Length)
            .Select(model => (
                rows.Select((row, place) => times[place] * row.CostUsd[model]).Sum() / total,
                rows.Select((row, place) => times[place] * row.Quality[model]).Sum() / total))
            .ToArray();
    }
}
