using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;
using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>`train`: learns a weights file from graded rows.</summary>
public static class TrainCommand
{
    /// <summary>The report goes to `output`, progress and errors to `error`; 0 when the weights were written, else 1.</summary>
    public static int Run(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (!WeightsFile.IsWritable(options.OutputPath, error))
            return 1;
        return options.Kind switch
        {
            TrainingKind.Labels => TrainLabels(options, output, error),
            TrainingKind.Outcomes => TrainOutcomes(options, output, error),
            TrainingKind.Answers => TrainAnswers(options, output, error),
        };
    }

    private static int TrainLabels(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseLabel, error) is not { } rows)
            return 1;
        if (TrainingAudit.ObjectionTo(rows, error) is { } objection)
            return Refuse(error, objection);
        var training = LabelTrainer.Train(rows, error);
        if (!WeightsFile.Save(options.OutputPath, file => LabelModelJson.Write(file, training.Model), error))
            return 1;
        Report(output, LabelMeasure.Of("held out", training.HeldOut));
        output.WriteLine($"{options.OutputPath}: {Counted.Of(training.Model.Labels.Length, "label")} from {Counted.Of(rows.Count, "row")}");
        return 0;
    }

    private static int TrainOutcomes(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseOutcome, error) is not { } rows)
            return 1;
        if (TrainingAudit.ObjectionTo(rows, error) is { } objection)
            return Refuse(error, objection);
        if (OutcomeTasks.Complete(rows, options.TasksPath, error) is not { } complete)
            return 1;
        var training = OutcomeTrainer.Train(complete, error);
        if (!WeightsFile.Save(options.OutputPath, file => OutcomeModelJson.Write(file, training.Model), error))
            return 1;
        var models = training.Model.Weights.Models;
        Report(
            output,
            [.. OutcomeMeasure.Of("rows held out", training.RowsHeldOut, models), .. OutcomeMeasure.Of("tasks held out", training.TasksHeldOut, models)],
            [.. DifficultyMeasure.Of("rows held out", training.RowsHeldOut, models), .. DifficultyMeasure.Of("tasks held out", training.TasksHeldOut, models)]);
        output.WriteLine($"{options.OutputPath}: {Counted.Of(models.Length, "model")} from {Counted.Of(rows.Count, "row")}; to route by it: \"quality\": {{ \"weights\": \"{Path.GetFileName(options.OutputPath)}\" }} in a router.json beside it");
        return 0;
    }

    private static int TrainAnswers(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseAnswer, error) is not { } rows)
            return 1;
        if (TrainingAudit.ObjectionTo(rows, error) is { } objection)
            return Refuse(error, objection);
        var training = AnswerTrainer.Train(rows, error);
        if (!WeightsFile.Save(options.OutputPath, file => AnswerModelJson.Write(file, training.Model), error))
            return 1;
        Report(output, AnswerMeasure.Of("held out", [training.HeldOut]));
        output.WriteLine($"{options.OutputPath}: {Counted.Of(rows.Count, "answer")}, {rows.Count(row => row.IsCorrect)} of them right");
        return 0;
    }

    /// <summary>The rows held out also chose how the parts are blended, so the figures flatter a little; `evaluate` holds out rows that chose nothing.</summary>
    /// <param name="output">Where the table goes.</param>
    /// <param name="figures">What the weights are for.</param>
    /// <param name="further">What is told beside it; unfamiliar text falls back to the rule of thumb there, which warns of nothing.</param>
    private static void Report(TextWriter output, IReadOnlyList<EvaluationFigure> figures, IReadOnlyList<EvaluationFigure>? further = null)
    {
        output.WriteLine(FigureTable.Of([.. figures, .. further ?? []]));
        output.WriteLine();
        foreach (var figure in figures.Where(Verdicts.SaysNothing))
            output.WriteLine($"warning: {figure.Set}, {figure.Metric}: no better than luck or the length of the text; do not rely on these weights");
    }

    private static int Refuse(TextWriter error, string reason)
    {
        error.WriteLine($"error: no model was trained: {reason}");
        return 1;
    }
}
