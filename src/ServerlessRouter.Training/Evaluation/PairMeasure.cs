using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>APGR and CPT of a router between a weak and a strong model (RouteLLM, arXiv:2406.18665).</summary>
/// <remarks>
/// The curve is quality over the share of calls to the strong model, most needy prompts first. APGR is its area above always-weak over that of
/// always-strong; CPT is the share of strong calls that recovers a part of the gap. Folds share thresholds by rank, not by value.
/// </remarks>
internal static class PairMeasure
{
    private static readonly string[] Metrics = ["APGR", "CPT50", "CPT80"];

    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var rows = folds.SelectMany(fold => fold.Test).ToList();
        var means = models.Select(model => rows.Average(row => row.Quality[model])).ToArray();
        var strong = means[1] >= means[0] ? 1 : 0;
        if (means[0] == means[1])
            return [];
        var weakQuality = rows.Select(row => (double)row.Quality[models[1 - strong]]).ToArray();
        var strongQuality = rows.Select(row => (double)row.Quality[models[strong]]).ToArray();

        double[] Figures(int[][] groups, int[] times, PairSteps steps) =>
            new PairCurve(groups, weakQuality, strongQuality, times, steps).Figures();

        var groups = Groups(folds.SelectMany(fold => Ranks(fold.Answers.Select(answer => (double)answer[strong] - answer[1 - strong]).ToArray())));
        var byLength = Groups(folds.SelectMany(fold => Ranks(fold.Test.Select(row => (double)row.Prompt.Length).ToArray())));
        var foreseen = Groups(strongQuality.Zip(weakQuality, (better, worse) => better - worse));
        var once = Bootstrap.Once(rows.Count);
        var result = Figures(groups, once, PairSteps.Deciles);
        var random = Figures([Enumerable.Range(0, rows.Count).ToArray()], once, PairSteps.Deciles);
        var length = Figures(byLength, once, PairSteps.Deciles);
        var oracle = Figures(foreseen, once, PairSteps.EveryRow);
        var deviation = Bootstrap.Deviations(rows.Count, times => Figures(groups, times, PairSteps.Deciles));
        return new MeasuredFigures(result, random, length, oracle, deviation).Of(set, Metrics, static metric => IsShare(metric) ? FigureUnit.Percent : FigureUnit.Ratio, IsShare);
    }

    /// <summary>CPT: the share of calls that go to the strong model.</summary>
    private static bool IsShare(string metric) => metric.StartsWith("CPT", StringComparison.Ordinal);

    /// <summary>Row numbers from the highest score to the lowest; equal scores share a group, and so their gain.</summary>
    private static int[][] Groups(IEnumerable<double> scores) =>
        scores.Select((score, row) => (Score: score, Row: row))
            .GroupBy(scored => scored.Score, scored => scored.Row)
            .OrderByDescending(group => group.Key)
            .Select(group => group.ToArray())
            .ToArray();

    /// <summary>Scores as their rank within the fold, 0 to 1, the mean rank where they are equal.</summary>
    private static IEnumerable<double> Ranks(double[] scores)
    {
        var places = new Dictionary<double, (int First, int Last)>();
        foreach (var (place, score) in scores.Order().Index())
            places[score] = (places.TryGetValue(score, out var known) ? known.First : place, place);
        return scores.Select(score => (places[score].First + places[score].Last) / 2.0 / Math.Max(1, scores.Length - 1));
    }
}
