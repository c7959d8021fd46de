using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>For a pool without costs: the quality reached when every prompt goes to the model foreseen best, and how much that is above the best single model.</summary>
internal static class ChoiceMeasure
{
    private static readonly string[] Metrics = ["mean quality", "above the best single model"];

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var quality = folds.SelectMany(fold => fold.Test).Select(row => models.Select(model => (double)row.Quality[model]).ToArray()).ToArray();
        var chosen = folds.SelectMany(fold => fold.Answers).Select(BestOf).ToArray();
        var byLength = folds.SelectMany(fold => LengthQuality.Of(fold, models)).Select(BestOf).ToArray();

        double BestSingle(int[] times) => Enumerable.Range(0, models.Count).Max(model => Mean(times, row => quality[row][model]));
        double[] Figures(Func<int, double> reached, int[] times) => [Mean(times, reached), Mean(times, reached) - BestSingle(times)];

        var once = Bootstrap.Once(quality.Length);
        var result = Figures(row => quality[row][chosen[row]], once);
        var random = Figures(row => quality[row].Average(), once);
        var length = Figures(row => quality[row][byLength[row]], once);
        var oracle = Figures(row => quality[row].Max(), once);
        var deviation = Bootstrap.Deviations(quality.Length, times => Figures(row => quality[row][chosen[row]], times));
        return new MeasuredFigures(result, random, length, oracle, deviation).Of(set, Metrics, FigureUnit.Ratio);
    }

    private static int BestOf(float[] foreseen) => Array.IndexOf(foreseen, foreseen.Max());

    private static double Mean(int[] times, Func<int, double> value)
    {
        double sum = 0, count = 0;
        for (var row = 0; row < times.Length; row++)
        {
            sum += times[row] * value(row);
            count += times[row];
        }

        return sum / count;
    }
}
