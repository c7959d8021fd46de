namespace ServerlessRouter.Training.Evaluation;

/// <summary>What a figure allows to conclude.</summary>
internal static class Verdicts
{
    /// <summary>Differences within this many deviations are the luck of the rows.</summary>
    private const double Deviations = 2;

    /// <summary>The result beats neither luck nor the length of the text by more than chance would. Costs and shares of calls are better when lower, and judged by their quality figure.</summary>
    public static bool SaysNothing(EvaluationFigure figure) =>
        !figure.IsBetterLower && double.IsFinite(figure.Deviation) &&
        figure.Result <= Math.Max(figure.Random, figure.Length) + Deviations * figure.Deviation &&
        figure.Oracle > Math.Max(figure.Random, figure.Length) + Deviations * figure.Deviation;
}
