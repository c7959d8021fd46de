using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.State;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>
/// How the requests of all instances ended, in the table store: one row for each instance and minute, replaced as it grows, so that a write that is repeated counts once.
/// </summary>
/// <param name="store">Shared by all instances.</param>
/// <param name="run">Names this run, so that no two write the same row.</param>
internal sealed class TrafficRows(ITableStore store, string run)
{
    private const string Partition = "traffic";
    private const string Counts = "Counts";
    private const string MinuteFormat = "yyyyMMddHHmm";

    /// <summary>Rows that are read at most: 60 instances for an hour.</summary>
    private const int MaxRows = 3600;

    private readonly Queue<DateTimeOffset> _written = new();

    /// <summary>Writes this instance's minutes, and deletes those that no window reaches any more.</summary>
    public async ValueTask WriteAsync(IReadOnlyList<(DateTimeOffset Minute, KeyValuePair<string, RouteCount>[] Routes)> minutes, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var operations = new List<TableOperation>();
        foreach (var (minute, routes) in minutes)
        {
            operations.Add(TableOperation.UpsertReplace(new TableEntity(Partition, KeyOf(minute)) { [Counts] = Write(routes) }));
            if (!_written.Contains(minute))
                _written.Enqueue(minute);
        }

        if (operations.Count > 0)
            await store.TransactAsync(AlertTables.Alerts, operations, cancellationToken).ConfigureAwait(false);
        while (_written.TryPeek(out var first) && first < oldest)
        {
            await store.WriteAsync(AlertTables.Alerts, TableOperation.Delete(Partition, KeyOf(first), TableETag.Any), cancellationToken).ConfigureAwait(false);
            _written.Dequeue();
        }
    }

    /// <summary>What all instances have counted, from a minute on.</summary>
    public async ValueTask<IReadOnlyList<(DateTimeOffset Minute, string Route, RouteCount Count)>> ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (counts, rows) = (new List<(DateTimeOffset, string, RouteCount)>(), 0);
        var range = TableKeyRange.StartingAt(since.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture));
        await foreach (var row in store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(Partition, range), cancellationToken).ConfigureAwait(false))
        {
            if (rows++ == MaxRows)
                break;
            var minute = new DateTimeOffset(DateTime.ParseExact(row.RowKey.AsSpan(0, MinuteFormat.Length), MinuteFormat, CultureInfo.InvariantCulture, DateTimeStyles.None), TimeSpan.Zero);
            using var document = JsonDocument.Parse(row[Counts].AsString());
            foreach (var member in document.RootElement.EnumerateObject())
                counts.Add((minute, member.Name, new RouteCount(member.Value[0].GetInt64(), member.Value[1].GetInt64(), member.Value[2].GetInt64(), member.Value[3].GetInt64())));
        }

        return counts;
    }

    /// <summary>Deletes what instances that are gone have left, a page at most.</summary>
    public async ValueTask ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = TableQuery.InPartition(Partition, TableKeyRange.EndingBefore(before.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture)));
        var page = await store.QueryPageAsync(AlertTables.Alerts, old, null, cancellationToken).ConfigureAwait(false);
        foreach (var row in page.Entities)
            await store.WriteAsync(AlertTables.Alerts, TableOperation.Delete(row.PartitionKey, row.RowKey, TableETag.Any), cancellationToken).ConfigureAwait(false);
    }

    private string KeyOf(DateTimeOffset minute) => $"{minute.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture)}.{run}";

    private static string Write(KeyValuePair<string, RouteCount>[] routes)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var (route, count) in routes)
            {
                // Names are the configuration's; the row has room for what it can hold and no more.
                if (writer.BytesCommitted + writer.BytesPending > TableLimits.PropertyBytes / 4)
                    break;
                writer.WriteStartArray(route);
                writer.WriteNumberValue(count.Requests);
                writer.WriteNumberValue(count.Failures);
                writer.WriteNumberValue(count.Timed);
                writer.WriteNumberValue(count.Slow);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}
