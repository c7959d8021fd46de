using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>Figures of answer models.</summary>
internal static class AnswerEvaluator
{
    /// <summary>Weights that exist, on rows they were not trained on.</summary>
    public static IReadOnlyList<EvaluationFigure> OfWeights(IReadOnlyList<AnswerExample> rows, AnswerModel model) =>
        AnswerMeasure.Of("these weights", [new AnswerFold(rows, Acceptable(rows, model))]);

    public static IReadOnlyList<EvaluationFigure> OfTraining(IReadOnlyList<AnswerExample> rows, EvaluateOptions options, TextWriter progress)
    {
        var foldOf = Folds.ByLot(rows.Count, options.Folds, (ulong)options.Seed);
        var judged = new List<AnswerFold>();
        for (var fold = 0; fold < options.Folds; fold++)
        {
            progress.WriteLine($"rows left out: part {fold + 1} of {options.Folds}");
            var test = rows.Where((_, row) => foldOf[row] == fold).ToList();
            var model = AnswerTrainer.Train(rows.Where((_, row) => foldOf[row] != fold).ToList(), TextWriter.Null).Model;
            judged.Add(new AnswerFold(test, Acceptable(test, model)));
        }

        return AnswerMeasure.Of("rows left out", judged);
    }

    private static List<float> Acceptable(IReadOnlyList<AnswerExample> rows, AnswerModel model) =>
        rows.Select(row => model.Acceptable(row.Prompt, row.Response)).ToList();
}
