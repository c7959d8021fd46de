using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>Figures of label models.</summary>
internal static class LabelEvaluator
{
    /// <summary>Weights that exist, on rows they were not trained on; the baselines learn from the same rows, which flatters them.</summary>
    public static IReadOnlyList<EvaluationFigure> OfWeights(IReadOnlyList<LabelExample> rows, LabelModel model) =>
        LabelMeasure.Of("these weights", [new LabelFold(rows, rows, Answers(rows, model))]);

    /// <summary>Rows left out by lot, and whole sources where the rows name some.</summary>
    public static IReadOnlyList<EvaluationFigure> OfTraining(IReadOnlyList<LabelExample> rows, EvaluateOptions options, TextWriter progress)
    {
        var figures = Left("rows left out", rows, Folds.ByLot(rows.Count, options.Folds, (ulong)options.Seed), options.Folds, progress);
        var sourced = rows.Where(row => row.Source is not null).ToList();
        if (sourced.Select(row => row.Source).Distinct().Count() < options.Folds)
            return figures;
        var bySource = Folds.ByGroup(sourced.ConvertAll(row => row.Source!), options.Folds, (ulong)options.Seed);
        return [.. figures, .. Left("sources left out", sourced, bySource, options.Folds, progress)];
    }

    private static IReadOnlyList<EvaluationFigure> Left(string set, IReadOnlyList<LabelExample> rows, int[] foldOf, int folds, TextWriter progress)
    {
        var judged = new List<LabelFold>();
        for (var fold = 0; fold < folds; fold++)
        {
            progress.WriteLine($"{set}: part {fold + 1} of {folds}");
            var training = rows.Where((_, row) => foldOf[row] != fold).ToList();
            // No label can be named without an example of it.
            var known = training.Select(row => row.Label).ToHashSet();
            var test = rows.Where((row, place) => foldOf[place] == fold && known.Contains(row.Label)).ToList();
            if (test.Count > 0 && known.Count > 1)
                judged.Add(new LabelFold(training, test, Answers(test, LabelTrainer.Train(training, TextWriter.Null).Model)));
        }

        return judged.Count == 0 ? [] : LabelMeasure.Of(set, judged);
    }

    private static List<string> Answers(IReadOnlyList<LabelExample> rows, LabelModel model)
    {
        var features = new FeatureBuffer();
        var probabilities = new float[model.Labels.Length];
        var answers = new List<string>(rows.Count);
        foreach (var row in rows)
        {
            FeatureExtractor.Extract(row.Text, model.Linear.Groups, features);
            var decision = model.Decide(features, probabilities);
            answers.Add(decision.Abstained && model.OutOfScopeLabel >= 0 ? LabelModel.OutOfScope : model.Labels[decision.Label]);
        }

        return answers;
    }
}
