namespace ServerlessRouter.Classification.Learning;

/// <summary>`train`: learns a weights file from graded rows.</summary>
public static class TrainCommand
{
    private const int FewestRows = 20;
    private const int FewestOfAKind = 10;

    /// <summary>The report goes to `output`, progress and errors to `error`; 0 when the weights were written, else 1.</summary>
    public static int Run(TrainOptions options, TextWriter output, TextWriter error)
    {
        try
        {
            return options.Kind switch
            {
                TrainingKind.Labels => TrainLabels(options, output, error),
                TrainingKind.Outcomes => TrainOutcomes(options, output, error),
                TrainingKind.Answers => TrainAnswers(options, output, error),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot write '{options.OutputPath}': {failure.Message}");
            return 1;
        }
    }

    private static int TrainLabels(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseLabel, error) is not { } rows)
            return 1;
        if (rows.Count < FewestRows)
            return Refuse(error, $"{rows.Count} rows cannot teach anything that holds; at least {FewestRows} are needed");
        var labels = rows.GroupBy(row => row.Label).ToList();
        if (labels.Count < 2)
            return Refuse(error, $"every row has the label '{labels[0].Key}'; there is nothing to tell apart");
        if (labels.FirstOrDefault(label => label.Count() < 2) is { } single)
            return Refuse(error, $"the label '{single.Key}' has one row only; give it more or leave it out");

        var model = LabelTrainer.Train(rows, error);
        using (var file = File.Create(options.OutputPath))
            LabelModelJson.Write(file, model);
        output.WriteLine($"{options.OutputPath}: {model.Labels.Length} labels from {rows.Count} rows");
        return 0;
    }

    private static int TrainOutcomes(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseOutcome, error) is not { } rows)
            return 1;
        if (rows.Count < FewestRows)
            return Refuse(error, $"{rows.Count} rows cannot teach anything that holds; at least {FewestRows} are needed");
        var grades = rows.SelectMany(row => row.Quality).GroupBy(grade => grade.Key, grade => grade.Value).ToList();
        if (grades.Count < 2)
            return Refuse(error, "the rows grade fewer than two models; there is nothing to choose between");
        if (grades.FirstOrDefault(model => model.Count() < FewestRows) is { } scarce)
            return Refuse(error, $"'{scarce.Key}' has {scarce.Count()} grades; at least {FewestRows} are needed");
        if (grades.All(model => model.Distinct().Count() == 1))
            return Refuse(error, "no model's grade ever differs from row to row; there is nothing to learn");

        var model = OutcomeTrainer.Train(OutcomeTasks.Complete(rows, options.TasksPath, error), error);
        using (var file = File.Create(options.OutputPath))
            OutcomeModelJson.Write(file, model);
        output.WriteLine($"{options.OutputPath}: {model.Models.Length} models from {rows.Count} rows");
        return 0;
    }

    private static int TrainAnswers(TrainOptions options, TextWriter output, TextWriter error)
    {
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseAnswer, error) is not { } rows)
            return 1;
        var right = rows.Count(row => row.IsCorrect);
        if (Math.Min(right, rows.Count - right) < FewestOfAKind)
            return Refuse(error, $"{right} right and {rows.Count - right} wrong answers; at least {FewestOfAKind} of each are needed");

        var model = AnswerTrainer.Train(rows, error);
        using (var file = File.Create(options.OutputPath))
            AnswerModelJson.Write(file, model);
        output.WriteLine($"{options.OutputPath}: {rows.Count} answers, {right} of them right");
        return 0;
    }

    private static int Refuse(TextWriter error, string reason)
    {
        error.WriteLine($"error: no model was trained: {reason}");
        return 1;
    }
}
