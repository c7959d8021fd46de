namespace ServerlessRouter.Training.Rows;

/// <summary>Reasons why rows cannot teach a model that holds; null where they can.</summary>
internal static class TrainingAudit
{
    private const int MinRows = 20;
    private const int MinOfAKind = 10;

    /// <summary>Grades of a prompt this far apart contradict each other; less is the luck of sampling.</summary>
    private const int GradeSteps = 2;

    public static string? ObjectionTo(IReadOnlyList<LabelExample> rows, TextWriter progress)
    {
        if (TooFew(rows.Count) is { } few)
            return few;
        var labels = rows.GroupBy(row => row.Label).ToList();
        if (labels.Count < 2)
            return $"every row has the label '{labels[0].Key}'; there is nothing to tell apart";
        if (labels.FirstOrDefault(label => label.Count() < 2) is { } single)
            return $"the label '{single.Key}' has one row only; give it more or leave it out";
        if (AllAlike(rows.Select(row => row.Text)))
            return "every row has the same text; there is nothing to tell labels apart by";
        return Contradiction(Contradictions.Among(rows, row => row.Text, row => row.Label), "label each text once", progress);
    }

    public static string? ObjectionTo(IReadOnlyList<OutcomeExample> rows, TextWriter progress)
    {
        if (TooFew(rows.Count) is { } few)
            return few;
        var grades = rows.SelectMany(row => row.Quality).GroupBy(grade => grade.Key, grade => grade.Value).ToList();
        if (grades.Count < 2)
            return "the rows grade fewer than two models; there is nothing to choose between";
        if (grades.FirstOrDefault(model => model.Count() < MinRows) is { } scarce)
            return $"'{scarce.Key}' has {scarce.Count()} grades; at least {MinRows} are needed";
        if (grades.All(model => model.Distinct().Count() == 1))
            return "no model's grade ever differs from row to row; there is nothing to learn";
        if (rows.All(row => row.Quality.Values.Distinct().Count() < 2))
            return "in every row all models have the same grade; there is nothing to choose between";
        if (AllAlike(rows.Select(row => row.Prompt)))
            return "every row has the same prompt; there is nothing to foresee quality by";
        return Contradiction(Contradictions.Among(rows, row => row.Prompt, Verdict), "grade each prompt once, or average its grades", progress);
    }

    public static string? ObjectionTo(IReadOnlyList<AnswerExample> rows, TextWriter progress)
    {
        var right = rows.Count(row => row.IsCorrect);
        if (Math.Min(right, rows.Count - right) < MinOfAKind)
            return $"{right} right and {rows.Count - right} wrong answers; at least {MinOfAKind} of each are needed";
        if (AllAlike(rows.Select(row => row.Response)) && AllAlike(rows.Select(row => row.Prompt)))
            return "every row has the same prompt and response; there is nothing to tell them apart by";
        return Contradiction(
            Contradictions.Among(rows, row => [.. row.Prompt, 0, .. row.Response], row => row.IsCorrect ? "1" : "0"), "grade each answer once", progress);
    }

    private static string? TooFew(int rows) => rows < MinRows ? $"{rows} rows cannot teach anything that holds; at least {MinRows} are needed" : null;

    private static bool AllAlike(IEnumerable<byte[]> texts)
    {
        byte[]? first = null;
        return texts.All(text => (first ??= text).AsSpan().SequenceEqual(text));
    }

    private static string Verdict(OutcomeExample row) =>
        string.Join(' ', row.Quality.OrderBy(grade => grade.Key, StringComparer.Ordinal).Select(grade => $"{grade.Key}={MathF.Round(grade.Value * GradeSteps)}"));

    private static string? Contradiction(Contradictions found, string remedy, TextWriter progress)
    {
        if (found.AreTooMany)
            return $"{found}; {remedy}";
        if (found.Rows > 0)
            progress.WriteLine($"note: {found}");
        return null;
    }
}
