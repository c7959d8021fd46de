using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>The figures that fit the graded rows: a pair of models, a pool with costs, or a pool without.</summary>
internal static class OutcomeMeasure
{
    /// <summary>Rows on which not every model was graded, or has a cost where the others do, are left out: no choice can be judged there.</summary>
    public static IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models)
    {
        var whole = Whole(folds, models);
        if (whole.Count == 0)
            return [];
        if (models.Count == 2)
            return PairMeasure.Of(set, whole, models);
        return whole.All(fold => fold.Training.Concat(fold.Test).All(row => row.CostUsd is { } cost && models.All(cost.ContainsKey)))
            ? PoolMeasure.Of(set, whole, models)
            : ChoiceMeasure.Of(set, whole, models);
    }

    /// <summary>The rows on which every model was graded.</summary>
    public static List<OutcomeFold> Whole(IReadOnlyList<OutcomeFold> folds, IReadOnlyList<string> models) =>
        folds.Select(fold => Whole(fold, models)).Where(fold => fold.Test.Count > 0 && fold.Training.Count > 0).ToList();

    private static OutcomeFold Whole(OutcomeFold fold, IReadOnlyList<string> models)
    {
        bool IsWhole(OutcomeExample row) => models.All(row.Quality.ContainsKey);
        var kept = Enumerable.Range(0, fold.Test.Count).Where(row => IsWhole(fold.Test[row])).ToList();
        return new OutcomeFold(
            fold.Training.Where(IsWhole).ToList(), kept.ConvertAll(row => fold.Test[row]), kept.ConvertAll(row => fold.Answers[row]), kept.ConvertAll(row => fold.Difficulty[row]));
    }
}
