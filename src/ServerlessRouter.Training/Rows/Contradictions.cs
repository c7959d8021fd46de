using System.Text;

namespace ServerlessRouter.Training.Rows;

/// <summary>Rows with the same text that say different things of it.</summary>
internal sealed record Contradictions(int Rows, int OfRows, string Example)
{
    /// <summary>A model cannot be right on more of them than it is wrong; beyond this share they drown what the others teach.</summary>
    private const double MaxBearable = 0.1;

    private const int ExampleLetters = 60;

    public bool AreTooMany => Rows > MaxBearable * OfRows;

    /// <summary>Counts the rows whose text occurs with another verdict too; letter case and white space at the ends make no difference.</summary>
    public static Contradictions Among<T>(IReadOnlyList<T> rows, Func<T, byte[]> text, Func<T, string> verdict)
    {
        var contradicting = rows
            .GroupBy(row => Encoding.UTF8.GetString(text(row)).Trim().ToLowerInvariant(), verdict)
            .Where(group => group.Distinct().Skip(1).Any())
            .Select(group => (Text: group.Key, Rows: group.Count()))
            .ToList();
        return new Contradictions(contradicting.Sum(group => group.Rows), rows.Count, contradicting.Count == 0 ? "" : Shortened(contradicting[0].Text));
    }

    public override string ToString() => $"{Rows} of {OfRows} rows contradict another row with the same text, such as \"{Example}\"";

    private static string Shortened(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= ExampleLetters ? line : line[..ExampleLetters] + "…";
    }
}
