namespace ServerlessRouter.Training.Evaluation;

/// <summary>What the columns and figures of a table mean, a sentence each.</summary>
internal static class FigureMeanings
{
    private static readonly (string Name, string Meaning)[] Columns =
    [
        ("result", "what these weights reach on rows that they were not trained on"),
        ("random", "what answers drawn by lot reach"),
        ("length", "what the length of the text alone would answer"),
        ("oracle", "what knowing the truth would reach, so no weights do better"),
        ("sd", "how far the result moves when other rows are drawn; a difference of less than two of them may be luck"),
    ];

    /// <summary>By how the figure's name ends, because some name first what is judged.</summary>
    private static readonly (string Ending, string Meaning)[] Figures =
    [
        ("in-scope accuracy", "share of the rows with a label of yours that get it"),
        ("out-of-scope recall", "share of the rows labelled oos that are told apart"),
        ("accuracy", "share of the rows that get their label"),
        ("macro-F1", "mean over the labels of how well each is found and not found in vain"),
        ("APGR", "how much of the way from the weak model's quality to the strong one's is gained, on average over all shares of calls to the strong one"),
        ("CPT50", "share of the calls that the strong model must get for half of that way"),
        ("CPT80", "share of the calls that the strong model must get for four fifths of that way"),
        ("AIQ", "mean quality over all costs between the cheapest and the dearest model"),
        ("cost at 95% of best", "what 95 % of the best single model's quality costs, in per cent of what that model costs"),
        ("cost at 100% of best", "what the best single model's quality costs, in per cent of what that model costs"),
        ("highest quality", "the best that is reached at any cost"),
        ("mean quality", "quality where each prompt goes to the model foreseen best"),
        ("above the best single model", "how far that is above sending every prompt to one model"),
        ("wrong among the worst fifth", "share of the wrong answers that are among the fifth that looks worst"),
        ("ranked right", "share of the pairs of a failure and a success that are put into the right order"),
        ("squared error", "mean square of the difference between what was foreseen and what happened"),
        ("calibration error", "how far what was foreseen is from what happened, in groups of prompts foreseen alike"),
    ];

    /// <summary>Of the columns, and of those figures that are in the table.</summary>
    public static IEnumerable<(string Name, string Meaning)> Of(IReadOnlyList<EvaluationFigure> figures) =>
        Columns.Concat(Figures.Where(entry => figures.Any(figure => Find(figure.Metric) == entry.Meaning)));

    /// <summary>The meaning of a figure; null for one that was not written down.</summary>
    public static string? Find(string metric) => Array.Find(Figures, entry => metric.EndsWith(entry.Ending, StringComparison.Ordinal)).Meaning;
}
