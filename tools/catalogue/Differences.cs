using System.Globalization;
using System.Text;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>Something the sources disagree on; the price list wins.</summary>
internal sealed record Difference(string Vendor, string Model, string What, string Taken, string Other);

/// <summary>Finds and prints what the sources disagree on.</summary>
internal static class Differences
{
    public static IEnumerable<Difference> Of(string vendor, string model, ListedPrice taken, ListedPrice other)
    {
        foreach (var (what, one, two) in new[]
        {
            ("input", taken.Base.Input, other.Base.Input), ("output", taken.Base.Output, other.Base.Output), ("cached input", taken.Base.Cached, other.Base.Cached), ("cache write", taken.Base.Write, other.Base.Write),
        })
        {
            if (one is { } first && two is { } second && first != second)
                yield return new Difference(vendor, model, what, Text(first), Text(second));
        }

        // The one counts from a length on, the other above it.
        if (taken.Above.Count != other.Above.Count || taken.Above.Zip(other.Above).Any(static pair => Math.Abs(pair.First.Tokens - pair.Second.Tokens) > 1))
            yield return new Difference(vendor, model, "long prompts", Steps(taken), Steps(other));
    }

    public static string Table(IReadOnlyList<Difference> differences)
    {
        var rows = differences.Select(static row => new[] { row.Vendor, row.Model, row.What, row.Taken, row.Other }).Prepend(["vendor", "model", "USD per million", "genai-prices (taken)", "models.dev"]).ToList();
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return text.ToString();
    }

    private static string Steps(ListedPrice price) => price.Above.Count == 0 ? "one price" : string.Join(", ", price.Above.Select(static step => $"above {step.Tokens}: {Text(step.Price.Input)}/{Text(step.Price.Output)}"));

    private static string Text(decimal price) => price.ToString("0.######", CultureInfo.InvariantCulture);
}
