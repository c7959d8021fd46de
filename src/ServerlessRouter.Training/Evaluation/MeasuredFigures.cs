namespace ServerlessRouter.Training.Evaluation;

/// <summary>The same measures taken of the model and of what it is compared with, a place for each metric.</summary>
internal sealed record MeasuredFigures(double[] Result, double[] Random, double[] Length, double[] Oracle, double[] Deviation)
{
    /// <summary>A figure for each metric.</summary>
    /// <param name="set">Which rows were judged.</param>
    /// <param name="metrics">The metrics by place.</param>
    /// <param name="unit">The unit of a metric.</param>
    /// <param name="isBetterLower">Whether a lower value of the metric is better.</param>
    public IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<string> metrics, Func<string, FigureUnit> unit, Func<string, bool> isBetterLower) =>
    [
        .. metrics.Select((metric, place) => new EvaluationFigure
        {
            Set = set,
            Metric = metric,
            Unit = unit(metric),
            IsBetterLower = isBetterLower(metric),
            Result = Result[place],
            Random = Random[place],
            Length = Length[place],
            Oracle = Oracle[place],
            Deviation = Deviation[place],
        }),
    ];

    /// <summary>Figures in one unit, all of them better higher.</summary>
    public IReadOnlyList<EvaluationFigure> Of(string set, IReadOnlyList<string> metrics, FigureUnit unit) => Of(set, metrics, _ => unit, static _ => false);
}
