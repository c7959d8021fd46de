using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>How well an answer model tells right answers from wrong ones.</summary>
/// <remarks>
/// "ranked right" is the share of pairs of a right and a wrong answer in which the right one scores higher (by lot one half).
/// "wrong among the worst fifth" is the share of the wrong answers that are caught when the fifth that looks worst is asked again of a stronger model.
/// </remarks>
internal static class AnswerMeasure
{
    private static readonly string[] Metrics = ["ranked right", "wrong among the worst fifth"];

    private const double EscalatedShare = 0.2;

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<AnswerFold> folds)
    {
        var rows = folds.SelectMany(fold => fold.Test).ToArray();
        var scores = folds.SelectMany(fold => fold.Acceptable).Select(score => (double)score).ToArray();
        // Short answers look better to a judge who reads none.
        var byLength = rows.Select(row => -(double)row.Response.Length).ToArray();
        var truth = Array.ConvertAll(rows, row => row.IsCorrect ? 1.0 : 0);

        double[] Figures(double[] by, int[] times) => [100 * RankedRight(by, truth, times), 100 * Caught(by, truth, times)];

        var once = Bootstrap.Once(rows.Length);
        var result = Figures(scores, once);
        var length = Figures(byLength, once);
        var oracle = Figures(truth, once);
        var deviation = Bootstrap.Deviations(rows.Length, times => Figures(scores, times));
        double[] random = [50, 100 * EscalatedShare];
        return new MeasuredFigures(result, random, length, oracle, deviation).Of(set, Metrics, FigureUnit.Percent);
    }

    private static double RankedRight(double[] scores, double[] truth, int[] times)
    {
        double wrongBelow = 0, pairs = 0, rights = 0;
        foreach (var level in Levels(scores, truth, times))
        {
            pairs += level.Right * (wrongBelow + level.Wrong / 2);
            wrongBelow += level.Wrong;
            rights += level.Right;
        }

        return pairs / (rights * wrongBelow);
    }

    private static double Caught(double[] scores, double[] truth, int[] times)
    {
        var levels = Levels(scores, truth, times);
        double room = EscalatedShare * times.Sum(), caught = 0;
        foreach (var level in levels)
        {
            var taken = Math.Min(room, level.Right + level.Wrong);
            caught += level.Wrong * taken / (level.Right + level.Wrong);
            room -= taken;
        }

        return caught / levels.Sum(level => level.Wrong);
    }

    /// <summary>Right and wrong answers at each score, the lowest score first.</summary>
    private static List<(double Right, double Wrong)> Levels(double[] scores, double[] truth, int[] times) =>
        Enumerable.Range(0, scores.Length)
            .Where(row => times[row] > 0)
            .GroupBy(row => scores[row])
            .OrderBy(level => level.Key)
            .Select(level => (level.Sum(row => times[row] * truth[row]), level.Sum(row => times[row] * (1 - truth[row]))))
            .ToList();
}
