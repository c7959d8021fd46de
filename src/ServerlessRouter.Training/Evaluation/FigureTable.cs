using System.Globalization;
using System.Text;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>Figures as people read them: a table with the unit of each figure and which way is better, and below it what its columns and figures mean.</summary>
internal static class FigureTable
{
    private const int TextColumns = 4;

    private static readonly string[] Head = ["rows", "figure", "unit", "better", "random", "length", "result", "sd", "oracle"];

    public static string Of(IReadOnlyList<EvaluationFigure> figures)
    {
        var text = new StringBuilder();
        var lines = figures.Select(Cells).Prepend(Head).ToList();
        var widths = Head.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => column < TextColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        text.AppendLine();
        foreach (var (name, meaning) in FigureMeanings.Of(figures))
            text.AppendLine($"{name}: {meaning}");
        return text.ToString().TrimEnd();
    }

    private static string[] Cells(EvaluationFigure figure) =>
    [
        figure.Set,
        figure.Metric,
        figure.Unit == FigureUnit.Percent ? "%" : "0 to 1",
        figure.IsBetterLower ? "lower" : "higher",
        .. new[] { figure.Random, figure.Length, figure.Result, figure.Deviation, figure.Oracle }.Select(value => Shown(value, figure.Unit)),
    ];

    private static string Shown(double value, FigureUnit unit) => value switch
    {
        double.NaN => "-",
        double.PositiveInfinity => "never",
        _ => value.ToString(unit == FigureUnit.Percent ? "0.0" : "0.000", CultureInfo.InvariantCulture),
    };
}
