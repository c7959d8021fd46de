using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Records as a table: a line for each, with what a spreadsheet has use for.</summary>
internal static class RecordTable
{
    private static readonly string[] Columns =
    [
        "id", "received_at", "kind", "key", "tier", "requested_model", "route", "model", "deployment", "status", "error", "cost", "duration_ms", "overhead_ms", "stream", "config_version", "price_version",
    ];

    private static readonly string[] SummedUp = ["prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"];

    public static byte[] Write(IReadOnlyList<RequestRecord> records)
    {
        var text = new StringBuilder();
        Append(text, [.. Columns, "task", "language", "difficulty", "cache", "attempts", .. SummedUp]);
        foreach (var record in records)
        {
            using var document = JsonDocument.Parse(record.Json);
            Append(text, CellsOf(document.RootElement));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells)
    {
        foreach (var cell in cells)
            CsvCells.Text(text, cell);
        CsvCells.End(text);
    }

    private static IEnumerable<string> CellsOf(JsonElement record)
    {
        foreach (var name in Columns)
            yield return TextOf(record, name);
        foreach (var name in new[] { "task", "language", "difficulty" })
            yield return record.TryGetProperty("profile", out var profile) ? TextOf(profile, name) : "";
        yield return record.TryGetProperty("cache", out var cache) ? TextOf(cache, "status") : "";
        var attempts = record.TryGetProperty("attempts", out var made) ? made.EnumerateArray().ToList() : [];
        yield return attempts.Count.ToString(CultureInfo.InvariantCulture);
        foreach (var name in SummedUp)
            yield return attempts.Sum(attempt => attempt.TryGetProperty(name, out var count) && count.TryGetInt64(out var number) ? number : 0).ToString(CultureInfo.InvariantCulture);
    }

    private static string TextOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array) ? member.ToString() : "";
}
