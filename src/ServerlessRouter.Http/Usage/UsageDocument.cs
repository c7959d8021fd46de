using System.Text;
using System.Text.Json;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Writes a page of usage.</summary>
internal static class UsageDocument
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static void Write(Utf8JsonWriter writer, UsageColumns columns, UsagePage page)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var sum in page.Sums)
            Write(writer, columns, sum);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, page.Next is not null);
        writer.WriteString("next"u8, page.Next?.ToString());
        writer.WriteEndObject();
    }

    /// <summary>The same as a table for spreadsheets.</summary>
    public static string WriteCsv(UsageColumns columns, UsagePage page)
    {
        var text = new StringBuilder();
        foreach (var name in (string[])["from", "to", .. columns.Names.Select(static column => column.Name), .. (string[])(columns.HasStatus ? ["status"] : []), .. columns.Figures.Select(static column => column.Name)])
            CsvCells.Text(text, name);
        CsvCells.End(text);
        foreach (var sum in page.Sums)
        {
            CsvCells.Value(text, sum.From.UtcDateTime, TimeFormat);
            CsvCells.Value(text, sum.To.UtcDateTime, TimeFormat);
            foreach (var (_, of) in columns.Names)
                CsvCells.Text(text, of(sum.Group));
            if (columns.HasStatus)
                CsvCells.Value(text, sum.Group.Status);
            foreach (var (_, of) in columns.Figures)
                CsvCells.Value(text, of(sum));
            CsvCells.End(text);
        }

        return text.ToString();
    }

    private static void Write(Utf8JsonWriter writer, UsageColumns columns, UsageSum sum)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "usage"u8);
        writer.WriteString("from"u8, sum.From.UtcDateTime);
        writer.WriteString("to"u8, sum.To.UtcDateTime);
        foreach (var (name, of) in columns.Names)
            writer.WriteString(name, of(sum.Group));
        if (columns.HasStatus)
            writer.WriteNumber("status"u8, sum.Group.Status);
        foreach (var (name, of) in columns.Figures)
        {
            if (of(sum) is { } figure)
                writer.WriteNumber(name, figure);
            else
                writer.WriteNull(name);
        }

        writer.WriteEndObject();
    }
}
