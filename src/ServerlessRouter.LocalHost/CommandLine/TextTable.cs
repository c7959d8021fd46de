using System.Text;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>Rows of text in columns as wide as their longest cell.</summary>
internal static class TextTable
{
    public static void AppendTo(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.Prepend(head).ToList();
        var widths = head.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            text.AppendLine(string.Join("  ", line.Select((cell, column) => column == line.Length - 1 ? cell : cell.PadRight(widths[column]))));
    }
}
