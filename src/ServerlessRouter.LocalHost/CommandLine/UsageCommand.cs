using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>usage</c>: requests, tokens, money and times, by whatever they are told apart.</summary>
internal static class UsageCommand
{
    private const int DefaultLines = 100;
    private const int MaxPage = 1000;

    private static readonly string[] Spans = ["minute", "hour", "day", "window"];

    /// <summary>Columns for people: what the API calls them, and what the head of the table does.</summary>
    private static readonly (string Name, string Head)[] Figures =
    [
        ("requests", "requests"), ("failures", "failures"), ("fallbacks", "fallbacks"), ("prompt_tokens", "prompt"), ("cached_share", "cached"), ("completion_tokens", "answer"), ("cost", "USD"),
        ("baseline_cost", "USD baseline"), ("saved", "USD saved"), ("cache_hits", "cache hits"), ("latency_p50", "p50 s"), ("latency_p95", "p95 s"), ("first_token_p50", "first p50 s"), ("overhead_p50", "own p50 s"),
    ];

    public static Command Create(Func<string, string?> variable, TimeProvider time)
    {
        var connection = new AdminConnection(variable);
        var by = new Option<string>("--by") { Description = "What is told apart: names with commas, such as key,model or day,tag:team; without a span (minute, hour, day) each line tells of the whole time." };
        var last = new Option<string>("--last") { Description = "How far back: 60m, 24h, 7d; this minute, hour or day is the last of them.", DefaultValueFactory = static _ => "30d" };
        var from = new Option<string>("--from") { Description = "From this UTC day or time on, in place of --last: 2026-01-31." };
        var to = new Option<string>("--to") { Description = "Before this UTC day or time; left out: until now." };
        var only = new Option<string[]>("--only") { Description = "Only these: NAME=VALUE, such as key=search, model=mini, status=429, tag:team=shop. May come several times." };
        var baseline = new Option<string>("--baseline") { Description = "A model: tells what the same tokens would have cost there, and what was saved." };
        var limit = new Option<int>("--limit") { Description = "The most lines.", DefaultValueFactory = static _ => DefaultLines };
        var csv = new Option<bool>("--csv") { Description = "Print all figures as comma-separated values." };
        var command = connection.On(new Command("usage", "Tell who used what: requests, tokens, money and times.") { by, last, from, to, only, baseline, limit, csv });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var console = parsed.InvocationConfiguration;
            var (query, fault) = Query(parsed.GetValue(by), parsed.GetValue(from) ?? Since(parsed.GetValue(last)!, time), parsed.GetValue(to), parsed.GetValue(only) ?? [], parsed.GetValue(baseline));
            if (query is null)
            {
                await console.Error.WriteLineAsync(fault);
                return 1;
            }

            var (list, refusal) = await ReadAsync(connection, parsed, query, Math.Max(1, parsed.GetValue(limit)), cancellationToken);
            if (list is null)
            {
                await console.Error.WriteLineAsync(refusal);
                return 1;
            }

            await console.Output.WriteLineAsync(parsed.GetValue(csv) ? Csv(list) : connection.WantsJson(parsed) ? AdminConnection.Indent(list) : Table(list));
            return 0;
        });
        return command;
    }

    private static (string? Query, string? Fault) Query(string? by, string? from, string? to, string[] only, string? baseline)
    {
        if (from is null)
            return (null, "--last must be a number of minutes, hours or days: 60m, 24h, 7d.");
        var names = by?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var groups = names.Any(Spans.Contains) ? names : ["window", .. names];
        var query = new StringBuilder($"v1/usage?group_by={Uri.EscapeDataString(string.Join(',', groups))}&from={Uri.EscapeDataString(from)}");
        if (to is not null)
            query.Append("&to=").Append(Uri.EscapeDataString(to));
        if (baseline is not null)
            query.Append("&baseline_model=").Append(Uri.EscapeDataString(baseline));
        foreach (var filter in only)
        {
            if (filter.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var end))
                return (null, $"--only must be NAME=VALUE, such as key=search; '{filter}' is not.");
            query.Append('&').Append(Uri.EscapeDataString(filter[..end])).Append('=').Append(Uri.EscapeDataString(filter[(end + 1)..]));
        }

        return (query.ToString(), null);
    }

    /// <summary>The beginning of the first of so many minutes, hours or days; null where the text is none.</summary>
    private static string? Since(string last, TimeProvider time)
    {
        if (last.Length < 2 || !int.TryParse(last.AsSpan(0, last.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 100_000)
            return null;
        var now = time.GetUtcNow().UtcDateTime;
        DateTime? since = last[^1] switch
        {
            'm' => now.Date.AddHours(now.Hour).AddMinutes(now.Minute + 1 - count),
            'h' => now.Date.AddHours(now.Hour + 1 - count),
            'd' => now.Date.AddDays(1 - count),
            _ => null,
        };
        return since?.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>As many pages as the lines need, in one list.</summary>
    private static async Task<(JsonNode? List, string? Fault)> ReadAsync(AdminConnection connection, ParseResult parsed, string query, int lines, CancellationToken cancellationToken)
    {
        var (all, after, next) = (new JsonArray(), "", (string?)null);
        do
        {
            var (page, fault) = await connection.AskAsync(parsed, AdminCall.Get($"{query}&limit={Math.Min(MaxPage, lines - all.Count)}{after}"), cancellationToken);
            if (page is null)
                return (null, fault);
            foreach (var sum in page["data"]!.AsArray().ToList())
                all.Add(sum!.DeepClone());
            next = (string?)page["next"];
            after = $"&after={next}";
        }
        while (next is not null && all.Count < lines);
        return (new JsonObject { ["object"] = "list", ["data"] = all, ["has_more"] = next is not null, ["next"] = next }, null);
    }

    private static string Csv(JsonNode list)
    {
        var (text, sums) = (new StringBuilder(), list["data"]!.AsArray());
        var names = sums.Count == 0 ? [] : sums[0]!.AsObject().Select(static member => member.Key).Where(static name => name != "object").ToList();
        foreach (var name in names)
            CsvCells.Text(text, name);
        foreach (var sum in sums)
        {
            CsvCells.End(text);
            foreach (var name in names)
            {
                if (sum![name] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                    CsvCells.Value(text, value.GetValue<decimal>());
                else
                    CsvCells.Text(text, (string?)sum[name]);
            }
        }

        return text.ToString();
    }

    private static string Table(JsonNode list)
    {
        var (text, sums) = (new StringBuilder(), list["data"]!.AsArray());
        if (sums.Count == 0)
            return "Nothing was used.";
        var members = sums[0]!.AsObject().Select(static member => member.Key).ToList();
        // Times, then what is told apart, then figures.
        var groups = members.Skip(1).TakeWhile(static name => name != "requests").Where(static name => name != "to").ToList();
        var figures = Figures.Where(figure => members.Contains(figure.Name)).ToList();
        TextTable.AppendTo(text, [.. groups, .. figures.Select(static figure => figure.Head)], sums.Select(sum => (string[])
        [
            .. groups.Select(name => sum![name]?.ToString() ?? "-"), .. figures.Select(figure => sum![figure.Name]?.ToString() ?? "-"),
        ]));
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(sums.Count, "line")}, {sums.Sum(static sum => (decimal)sum!["cost"]!)} USD");
        text.Append((bool)list["has_more"]! ? "; there are more: --limit N. All figures: --json or --csv" : ". All figures: --json or --csv");
        return text.ToString();
    }
}
