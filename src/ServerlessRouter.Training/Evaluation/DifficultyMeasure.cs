using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>How well difficulty foretells the share of the pool's models that fail at a prompt.</summary>
/// <remarks>
/// "ranked right" is the share of pairs of a failure and a success in which the prompt of the failure counts as harder (the area under the ROC curve; a prompt at which a third of the models
/// fail is a third of a failure). "squared error" is the mean over the prompts. "calibration error" is how far, in ten parts of like difficulty, its mean is from the share that failed.
/// </remarks>
internal static class DifficultyMeasure
{
    private static readonly string[] Metrics = ["ranked right", "squared error", "calibration error"];

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var whole = OutcomeMeasure.Whole(folds, models);
        if (whole.Count == 0)
            return [];
        var truth = whole.SelectMany(fold => fold.Test.Select(row => FailureOf(row, models))).ToArray();
        var byMean = whole.SelectMany(fold => Enumerable.Repeat(fold.Training.Average(row => FailureOf(row, models)), fold.Test.Count)).ToArray();
        var byLength = whole.SelectMany(fold => LengthQuality.Of(fold, models)).Select(quality => (double)DifficultyWeights.FailureOf(quality)).ToArray();
        var foldOf = whole.SelectMany((fold, place) => Enumerable.Repeat(place, fold.Test.Count)).ToArray();
        var answers = whole.SelectMany(fold => fold.Difficulty).ToArray();
        return
        [
            .. Judge("difficulty", Array.ConvertAll(answers, answer => (double)answer.Learnt)),
            .. Judge("rule of thumb", Array.ConvertAll(answers, answer => (double)answer.RuleOfThumb)),
        ];

        double[] Once(double[] judged) => new FailureCurve(judged, truth, foldOf).Figures(Bootstrap.Once(truth.Length));

        // Chance has the mean, which puts no two prompts of a fold into an order.
        IReadOnlyList<EvaluationFigure> Judge(string what, double[] judged) =>
            new MeasuredFigures(Once(judged), Once(byMean), Once(byLength), Once(truth), Bootstrap.Deviations(truth.Length, new FailureCurve(judged, truth, foldOf).Figures))
                .Of(set, [.. Metrics.Select(metric => $"{what}, {metric}")], static metric => IsError(metric) ? FigureUnit.Ratio : FigureUnit.Percent, IsError);
    }

    private static double FailureOf(OutcomeExample row, IReadOnlyList<string> models) => 1 - models.Average(model => (double)row.Quality[model]);

    private static bool IsError(string metric) => metric.EndsWith("error", StringComparison.Ordinal);
}
