using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>`evaluate`: how good weights are, or would be, on rows they have not seen, beside luck, the length of the text and knowledge of the truth.</summary>
public static class EvaluateCommand
{
    /// <summary>The figures go to `output`, progress and errors to `error`; 0 when everything was measured, else 1.</summary>
    public static int Run(EvaluateOptions options, TextWriter output, TextWriter error) => options.Kind switch
    {
        TrainingKind.Labels => Run(options, TrainingRows.ParseLabel, Labels, output, error),
        TrainingKind.Outcomes => Run(options, TrainingRows.ParseOutcome, Outcomes, output, error),
        TrainingKind.Answers => Run(options, TrainingRows.ParseAnswer, Answers, output, error),
    };

    private static int Run<T>(
        EvaluateOptions options, JsonLines.RowParser<T> parse, Func<EvaluateOptions, List<T>, TextWriter, IReadOnlyList<EvaluationFigure>?> evaluate, TextWriter output, TextWriter error)
        where T : class
    {
        if (JsonLines.Read(options.InputPath, parse, error) is not { } rows)
            return 1;
        if (rows.Count == 0)
            return Refuse(error, $"'{options.InputPath}' has no rows");
        if (evaluate(options, rows, error) is not { } figures)
            return 1;
        if (figures.Count == 0)
            return Refuse(error, "no row can be judged: every model needs a grade on it, and two models must differ");
        output.WriteLine(options.Format switch
        {
            EvaluationFormat.Json => FigureJson.Of(options, rows.Count, figures),
            EvaluationFormat.Table => FigureTable.Of(figures),
        });
        return 0;
    }

    private static IReadOnlyList<EvaluationFigure>? Labels(EvaluateOptions options, List<LabelExample> rows, TextWriter error)
    {
        if (options.WeightsPath is { } path)
            return WeightsFile.LoadLabels(path, error) is { } model ? LabelEvaluator.OfWeights(rows, model) : null;
        return TrainingAudit.ObjectionTo(rows, error) is { } objection ? Refused(error, objection) : LabelEvaluator.OfTraining(rows, options, error);
    }

    private static IReadOnlyList<EvaluationFigure>? Outcomes(EvaluateOptions options, List<OutcomeExample> rows, TextWriter error)
    {
        if (options.WeightsPath is { } path)
            return WeightsFile.LoadOutcomes(path, error) is { } model ? OutcomeEvaluator.OfWeights(rows, model) : null;
        if (TrainingAudit.ObjectionTo(rows, error) is { } objection)
            return Refused(error, objection);
        return OutcomeTasks.Complete(rows, options.TasksPath, error) is { } complete ? OutcomeEvaluator.OfTraining(complete, options, error) : null;
    }

    private static IReadOnlyList<EvaluationFigure>? Answers(EvaluateOptions options, List<AnswerExample> rows, TextWriter error)
    {
        if (options.WeightsPath is { } path)
            return WeightsFile.LoadAnswers(path, error) is { } model ? AnswerEvaluator.OfWeights(rows, model) : null;
        return TrainingAudit.ObjectionTo(rows, error) is { } objection ? Refused(error, objection) : AnswerEvaluator.OfTraining(rows, options, error);
    }

    private static IReadOnlyList<EvaluationFigure>? Refused(TextWriter error, string reason)
    {
        Refuse(error, reason);
        return null;
    }

    private static int Refuse(TextWriter error, string reason)
    {
        error.WriteLine($"error: nothing was measured: {reason}");
        return 1;
    }
}
