using System.Globalization;
using System.Text;

namespace ServerlessRouter.Classification.Evaluation;

/// <summary>Figures as people read them.</summary>
internal static class FigureTable
{
    private static readonly string[] Head = ["rows", "figure", "random", "length", "result", "sd", "oracle"];

    public static string Of(IReadOnlyList<EvaluationFigure> figures)
    {
        var lines = figures.Select(Cells).Prepend(Head).ToList();
        var widths = Head.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString().TrimEnd();
    }

    private static string[] Cells(EvaluationFigure figure) =>
    [
        figure.Set,
        figure.Metric,
        .. new[] { figure.Random, figure.Length, figure.Result, figure.Deviation, figure.Oracle }.Select(value => Shown(value, figure.Unit)),
    ];

    private static string Shown(double value, FigureUnit unit) => value switch
    {
        double.NaN => "-",
        double.PositiveInfinity => "never",
        _ => value.ToString(unit == FigureUnit.Percent ? "0.0" : "0.000", CultureInfo.InvariantCulture),
    };
}
