using System.Buffers;
using System.Text;

namespace ServerlessRouter.Http.Wire;

/// <summary>Rows of comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
public static class CsvCells
{
    public const string ContentType = "text/csv; charset=utf-8";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r");

    /// <summary>Ends a row.</summary>
    public static void End(StringBuilder text) => text.Append("\r\n");

    /// <summary>A name that someone chose; nothing for none.</summary>
    public static void Text(StringBuilder text, string? cell)
    {
        Separate(text);
        if (string.IsNullOrEmpty(cell))
            return;
        var defused = Formula.Contains(cell[0]) ? $"'{cell}" : cell;
        if (defused.AsSpan().ContainsAny(Quoted))
            text.Append('"').Append(defused.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        else
            text.Append(defused);
    }

    /// <summary>A number or a time that the router wrote; nothing for none.</summary>
    public static void Value(StringBuilder text, IFormattable? value, string? format = null)
    {
        Separate(text);
        text.Append(value?.ToString(format, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void Separate(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != '\n')
            text.Append(',');
    }
}
