using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Records as a table: a line for each, with what a spreadsheet has use for.</summary>
internal static class RecordTable
{
    private const string Asked = "requested_model";

    private static readonly string[] Columns =
    [
        "id", "received_at", "kind", "key", "tier", Asked, "route", "model", "deployment", "status", "error", "cost", "duration_ms", "overhead_ms", "stream", "config_version", "price_version",
    ];

    private static readonly string[] SummedUp = ["prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"];

    /// <summary>The line with the names of the columns.</summary>
    public static string Head() => Line([.. Columns, "task", "language", "difficulty", "cache", "attempts", .. SummedUp]);

    /// <summary>The line of a record.</summary>
    public static string Row(RequestRecord record)
    {
        using var document = JsonDocument.Parse(record.Json);
        return Line(CellsOf(document.RootElement));
    }

    private static string Line(IEnumerable<string> cells)
    {
        var text = new StringBuilder();
        foreach (var cell in cells)
            CsvCells.Text(text, cell);
        CsvCells.End(text);
        return text.ToString();
    }

    private static IEnumerable<string> CellsOf(JsonElement record)
    {
        foreach (var name in Columns)
            yield return name == Asked && TextOf(record, name).Length == 0 ? FirstAsked(record) : TextOf(record, name);
        foreach (var name in new[] { "task", "language", "difficulty" })
            yield return record.TryGetProperty("profile", out var profile) ? TextOf(profile, name) : "";
        yield return record.TryGetProperty("cache", out var cache) ? TextOf(cache, "status") : "";
        var attempts = record.TryGetProperty("attempts", out var made) ? made.EnumerateArray().ToList() : [];
        yield return attempts.Count.ToString(CultureInfo.InvariantCulture);
        foreach (var name in SummedUp)
            yield return attempts.Sum(attempt => attempt.TryGetProperty(name, out var count) && count.TryGetInt64(out var number) ? number : 0).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A caller may list models in place of one: the first of them, and how many more.</summary>
    private static string FirstAsked(JsonElement record)
    {
        if (!record.TryGetProperty("requested_models", out var models) || models is not { ValueKind: JsonValueKind.Array } || models.GetArrayLength() is not (> 0 and var count))
            return "";
        return count == 1 ? $"{models[0]}" : string.Create(CultureInfo.InvariantCulture, $"{models[0]} +{count - 1}");
    }

    private static string TextOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array) ? member.ToString() : "";
}
