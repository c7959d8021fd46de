using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>
/// Finds records by name and lists them by time; what instances still hold in memory is missing, which is a few seconds' worth. Only a few readings go on at a time, so
/// that they leave the store to what requests need.
/// </summary>
public sealed class RecordReader(ITableStore store, RouterModelSource models, RecordOptions options, TimeProvider time)
{
    /// <summary>Days that are looked through for one page.</summary>
    private const int DaysPerPage = 31;

    /// <summary>Days that are asked for a name at once.</summary>
    private const int DaysAtOnce = 8;

    /// <summary>Rows of a shard that are looked through at once where only some of them are wanted.</summary>
    private const int SearchedAtOnce = 250;

    private readonly ReadLimiter _places = new(options.MaxReadings, options.ReadPatience, time);

    /// <summary>Records are written.</summary>
    public bool IsOn => models.Current.RecordDays > 0;

    /// <summary>The latest record of a request with this name, of one caller's (<paramref name="key"/>) or of all; nothing when there is none.</summary>
    public ValueTask<RecordReading<RequestRecord>> FindAsync(string id, string? key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return InPlaceAsync(() => FindRecordAsync(id, key, cancellationToken), cancellationToken);
    }

    /// <summary>The next page of what is asked for.</summary>
    public ValueTask<RecordReading<RecordPage>> ReadAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return InPlaceAsync(() => ReadPageAsync(query, cancellationToken), cancellationToken);
    }

    private async ValueTask<RecordReading<T>> InPlaceAsync<T>(Func<ValueTask<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        if (!await _places.TryTakeAsync(cancellationToken).ConfigureAwait(false))
        {
            var message = $"{options.MaxReadings} others are reading records, which is as many as may at a time. Try again shortly.";
            return new RecordReading<T>(null, new RouterError(RouterErrorCode.TemporarilyUnavailable, message) { RetryAfter = ReadLimiter.RetryAfter });
        }

        try
        {
            return new RecordReading<T>(await read().ConfigureAwait(false), null);
        }
        finally
        {
            _places.Leave();
        }
    }

    private async ValueTask<RequestRecord?> FindRecordAsync(string id, string? key, CancellationToken cancellationToken)
    {
        var today = RecordTables.DayOf(time.GetUtcNow());
        for (var back = 0; back <= models.Current.RecordDays; back += DaysAtOnce)
        {
            var looks = Enumerable.Range(back, DaysAtOnce).Select(days => LookAsync(RecordTables.Partition(today.AddDays(-days), id), id, cancellationToken));
            if ((await Task.WhenAll(looks).ConfigureAwait(false)).FirstOrDefault(static found => found is not null) is { } record)
                return key is null || key == (record.Key ?? "") ? record : null;
        }

        return null;
    }

    private async ValueTask<RecordPage?> ReadPageAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var last = RecordTables.DayOf(query.To.AddTicks(-1));
        var first = query.After is { } after && after.Day < last ? after.Day : last;
        var records = new List<RequestRecord>();
        for (var day = first; day > first.AddDays(-DaysPerPage); day = day.AddDays(-1))
        {
            if (day.AddDays(1) <= query.From)
                return new RecordPage(records, null);
            var page = await ReadDayAsync(day, query with { Limit = query.Limit - records.Count }, cancellationToken).ConfigureAwait(false);
            records.AddRange(page.Records);
            if (page.Next is not null || records.Count == query.Limit)
                return new RecordPage(records, page.Next ?? new RecordCursor(day.AddDays(-1), ""));
        }

        return new RecordPage(records, new RecordCursor(first.AddDays(-DaysPerPage), ""));
    }

    /// <summary>The next records of a day. A next place in the day is told where there may be more of it.</summary>
    private async ValueTask<RecordPage> ReadDayAsync(DateTimeOffset day, RecordQuery query, CancellationToken cancellationToken)
    {
        var rows = RecordTables.Span(query.From, query.To);
        var behind = query.After is { } after && after.Day == day ? after.RowKey : "";
        if (string.CompareOrdinal(behind, rows.From) > 0)
            rows = string.CompareOrdinal(behind, rows.Before) < 0 ? TableKeyRange.Between(behind, rows.Before!) : TableKeyRange.Between(rows.Before!, rows.Before!);
        // The row behind which the list goes on comes once more.
        var shards = Enumerable.Range(0, RecordTables.Shards).Select(shard => FirstPageAsync(
            TableQuery.InPartition(RecordTables.Partition(day, shard), rows) with { PageSize = query.Filter == RecordFilter.None ? query.Limit + 1 : Math.Max(query.Limit + 1, SearchedAtOnce) }, cancellationToken));
        var pages = await Task.WhenAll(shards).ConfigureAwait(false);

        // Beyond the end of a page that is not a shard's last, the order of the shards together is not known yet.
        var known = pages.Where(static page => page.Continuation is not null).Select(static page => page.Entities[^1].RowKey).Min(StringComparer.Ordinal);
        var found = pages.SelectMany(static page => page.Entities)
            .Where(row => row.RowKey != behind && (known is null || string.CompareOrdinal(row.RowKey, known) <= 0))
            .OrderBy(static row => row.RowKey, StringComparer.Ordinal).ToList();
        var asked = found.Where(row => query.Key is null || query.Key == (row.Find(nameof(RequestRecord.Key))?.AsString() ?? ""))
            .Where(row => query.Filter.Matches(row[nameof(RequestRecord.Json)].AsString())).Take(query.Limit).ToList();
        var isFull = asked.Count == query.Limit && asked[^1] != found[^1];
        if (!isFull && known is null)
            return new RecordPage([.. asked.Select(RecordRow.Read)], null);
        return new RecordPage([.. asked.Select(RecordRow.Read)], new RecordCursor(day, isFull ? asked[^1].RowKey : known!));
    }

    /// <summary>The first page that holds something, or the last of all.</summary>
    private async Task<TablePage> FirstPageAsync(TableQuery query, CancellationToken cancellationToken)
    {
        var page = await store.QueryPageAsync(RecordTables.Records, query, null, cancellationToken).ConfigureAwait(false);
        while (page is { Entities.Count: 0, Continuation: { } continuation })
            page = await store.QueryPageAsync(RecordTables.Records, query, continuation, cancellationToken).ConfigureAwait(false);
        return page;
    }

    private async Task<RequestRecord?> LookAsync(string partition, string id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(RecordTables.Records, partition, RecordTables.NameKey(id), cancellationToken).ConfigureAwait(false) is not { } name)
            return null;
        var row = await store.GetAsync(RecordTables.Records, partition, RecordRow.RowOf(name), cancellationToken).ConfigureAwait(false);
        return row is null ? null : RecordRow.Read(row);
    }
}

/// <summary>One page of records, newest first; it may be short or empty and still have a next one.</summary>
public sealed record RecordPage(IReadOnlyList<RequestRecord> Records, RecordCursor? Next);

/// <summary>What was found among the records, or why they were not looked for.</summary>
/// <param name="Found">Null where there is nothing, or an error.</param>
/// <param name="Error">What to tell; another try can help.</param>
public readonly record struct RecordReading<T>(T? Found, RouterError? Error)
    where T : class;
