using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Adds up the fewest rows that tell a span: the sums of months, days and hours where they tell everything, and what writers wrote where they do not. Sums of several months are asked for at
/// once: each month is a partition of its own, and a store across a network takes milliseconds for each.
/// </summary>
/// <param name="store">Holds the rows.</param>
/// <param name="standing">Which sums there are.</param>
/// <param name="hasLate">Something came too late for the rows of its hour.</param>
internal sealed class UsagePageReader(ITableStore store, UsageStanding standing, bool hasLate)
{
    /// <summary>Rows that were read so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether anything came too late.</summary>
    public static async Task<bool> HasLateAsync(ITableStore store, CancellationToken cancellationToken) =>
        (await store.QueryPageAsync(UsageShelf.Table, TableQuery.InPartition(UsageShelf.LatePartition, TableKeyRange.All) with { PageSize = 1 }, null, cancellationToken).ConfigureAwait(false)).Entities.Count > 0;

    public async ValueTask AddAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await AddByBucketAsync(sums, from, to, cancellationToken).ConfigureAwait(false);
        // Minutes do not go back as far.
        if (!hasLate || sums.Query.Bucket == UsageBucket.Minute)
            return;
        await foreach (var row in QueryAsync(UsageShelf.LatePartition, UsageShelf.LateIn(from, to), cancellationToken).ConfigureAwait(false))
            sums.Add(row);
    }

    private ValueTask AddByBucketAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => sums.Query.Bucket switch
    {
        UsageBucket.Minute => AddSourcesAsync(sums, from, to, cancellationToken),
        UsageBucket.Hour => AddHoursAsync(sums, from, to, cancellationToken),
        UsageBucket.Day => AddDaysAsync(sums, from, to, cancellationToken),
        UsageBucket.Window => AddMonthsAsync(sums, from, to, cancellationToken),
    };

    private async ValueTask AddMonthsAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var open = from;
        for (var month = UsageShelf.MonthOf(from.AddMonths(1).AddTicks(-1)); month.AddMonths(1) <= to; month = month.AddMonths(1))
        {
            var end = month;
            while (end.AddMonths(1) <= to && standing.HasMonth(end))
                end = end.AddMonths(1);
            if (end == month)
                continue;
            await AddDaysAsync(sums, open, month, cancellationToken).ConfigureAwait(false);
            await AddSumsAsync(sums, UsageShelf.Month, month, end, cancellationToken).ConfigureAwait(false);
            // The month at the end has no sum, so the next step may pass it over.
            open = month = end;
        }

        await AddDaysAsync(sums, open, to, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask AddDaysAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        AddAsync(sums, new Level(UsageShelf.Day, UsageTables.DayOf, TimeSpan.FromDays(1), standing.HasDay, AddHoursAsync), from, to, cancellationToken);

    private ValueTask AddHoursAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        AddAsync(sums, new Level(UsageShelf.Hour, UsageTables.HourOf, TimeSpan.FromHours(1), standing.HasHour, AddSourcesAsync), from, to, cancellationToken);

    /// <summary>Adds the sums of those spans that have them all, run by run, and goes to the rows below for what lies between.</summary>
    private async ValueTask AddAsync(UsageSums sums, Level level, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        while (from < to)
        {
            var isRun = level.IsSummed(from, to);
            var end = from;
            while (end < to && level.IsSummed(end, to) == isRun)
                end = level.StartOf(end) + level.Span;
            end = end < to ? end : to;
            if (isRun)
                await AddSumsAsync(sums, level.Kind, from, end, cancellationToken).ConfigureAwait(false);
            else
                await level.AddBelowAsync(sums, from, end, cancellationToken).ConfigureAwait(false);
            from = end;
        }
    }

    private async ValueTask AddSumsAsync(UsageSums sums, char kind, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var properties = sums.Query.Key is { } key ? UsageShares.PropertiesOf(key) : null;
        var months = UsageShelf.ByMonth(from, to)
            .Select(month => TableQuery.InPartition(UsageShelf.Partition(month.From), UsageShelf.SumsIn(kind, sums.View, month.From, month.To)) with { Properties = properties })
            .Select(rows => ReadAsync(rows, cancellationToken));
        foreach (var rows in await Task.WhenAll(months).ConfigureAwait(false))
        {
            Rows += rows.Count;
            rows.ForEach(sums.Add);
        }
    }

    private async ValueTask AddSourcesAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        foreach (var month in UsageShelf.ByMonth(UsageShelf.SlotOf(from), to))
        {
            // To the end of the last five minutes.
            var end = month.To == UsageShelf.SlotOf(month.To) ? month.To : UsageShelf.SlotOf(month.To).AddMinutes(UsageShelf.SlotMinutes);
            await foreach (var row in QueryAsync(UsageShelf.Partition(month.From), UsageShelf.SourcesIn(month.From, end), cancellationToken).ConfigureAwait(false))
                sums.AddMinutes(row, from, to);
        }
    }

    private async Task<List<TableEntity>> ReadAsync(TableQuery query, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in store.QueryAsync(UsageShelf.Table, query, cancellationToken).ConfigureAwait(false))
            rows.Add(row);
        return rows;
    }

    private async IAsyncEnumerable<TableEntity> QueryAsync(string partition, TableKeyRange range, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(UsageShelf.Table, TableQuery.InPartition(partition, range), cancellationToken).ConfigureAwait(false))
        {
            Rows++;
            yield return row;
        }
    }

    /// <summary>Spans of one length that may have sums.</summary>
    private sealed record Level(
        char Kind, Func<DateTimeOffset, DateTimeOffset> StartOf, TimeSpan Span, Func<DateTimeOffset, bool> HasSum, Func<UsageSums, DateTimeOffset, DateTimeOffset, CancellationToken, ValueTask> AddBelowAsync)
    {
        /// <summary>A time begins a span that ends in time and has its sum.</summary>
        public bool IsSummed(DateTimeOffset time, DateTimeOffset to) => StartOf(time) == time && time + Span <= to && HasSum(time);
    }
}
