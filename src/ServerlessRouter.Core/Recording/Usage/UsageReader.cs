using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Adds up what all instances have written, day by day; what they still hold in memory is missing, which is a few seconds' worth.</summary>
public sealed class UsageReader
{
    /// <summary>Days that are read for one page at most.</summary>
    private const int DaysPerPage = 31;

    private const int MostReadings = 4;

    private readonly ITableStore _store;
    private readonly TimeProvider _time;

    /// <summary>Reads over this store.</summary>
    public UsageReader(ITableStore store, UsageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_store, _time, HourlyDays, KeptDays) = (store, time, options.HourlyDays, options.KeptDays);
    }

    /// <summary>Days back from today for which usage can be told by the hour.</summary>
    public int HourlyDays { get; }

    /// <summary>Days back from today for which there is usage.</summary>
    public int KeptDays { get; }

    /// <summary>The current UTC day's beginning.</summary>
    public DateTimeOffset Today => UsageTables.DayOf(_time.GetUtcNow());

    /// <summary>The current UTC hour's beginning.</summary>
    public DateTimeOffset ThisHour => UsageTables.HourOf(_time.GetUtcNow());

    /// <summary>The next page of what is asked for.</summary>
    public async ValueTask<UsagePage> ReadAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var sums = new List<UsageSum>();
        var (tomorrow, days) = (Today.AddDays(1), 0);
        var end = query.To < tomorrow ? query.To : tomorrow;
        for (var day = UsageTables.DayOf(query.After is { } after && after.From > query.From ? after.From : query.From); day < end; day = day.AddDays(1))
        {
            if (days++ == DaysPerPage)
                return new UsagePage(sums, UsageCursor.Before(day));
            foreach (var sum in await ReadDayAsync(day, query, cancellationToken).ConfigureAwait(false))
            {
                if (query.After is { } given && given.IsPast(sum))
                    continue;
                if (sums.Count == query.Limit)
                    return new UsagePage(sums, UsageCursor.Behind(sums[^1]));
                sums.Add(sum);
            }
        }

        return new UsagePage(sums, null);
    }

    private async ValueTask<IEnumerable<UsageSum>> ReadDayAsync(DateTimeOffset day, UsageQuery query, CancellationToken cancellationToken)
    {
        var tallies = new Dictionary<(DateTimeOffset From, UsageDimensions Group), UsageTally>();
        var shards = Enumerable.Range(0, UsageTables.Shards).Select(shard => ReadAsync(UsageTables.Partition(day, shard), query.Bucket, cancellationToken));
        foreach (var row in (await Task.WhenAll(shards).ConfigureAwait(false)).SelectMany(static rows => rows))
        {
            var from = query.Bucket == UsageBucket.Day ? day : UsageTables.HourOf(row);
            var dimensions = UsageRow.Dimensions(row);
            if (from < query.From || from >= query.To || !query.Asks(dimensions))
                continue;
            var name = (from, query.Group(dimensions));
            tallies[name] = tallies.GetValueOrDefault(name) + UsageRow.Tally(row);
        }

        var span = query.Bucket == UsageBucket.Day ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        return tallies
            .Select(known => new UsageSum(known.Key.From, known.Key.From + span, known.Key.Group, known.Value))
            .OrderBy(static sum => sum.From).ThenBy(static sum => UsageCursor.KeyOf(sum.Group), StringComparer.Ordinal);
    }

    /// <summary>The rows of a partition that count. Where they do not fit into one page and a roll-up moves some meanwhile, they are read again.</summary>
    private async Task<List<TableEntity>> ReadAsync(string partition, UsageBucket bucket, CancellationToken cancellationToken)
    {
        for (var reading = 0; reading < MostReadings; reading++)
        {
            var change = await ChangeAsync(partition, cancellationToken).ConfigureAwait(false);
            var rows = new List<TableEntity>();
            var query = TableQuery.InPartition(partition, bucket == UsageBucket.Day ? UsageTables.CountedByDay : UsageTables.CountedByHour);
            await foreach (var row in _store.QueryAsync(UsageTables.Usage, query, cancellationToken).ConfigureAwait(false))
                rows.Add(row);
            if (rows.Count < query.PageSize || change == await ChangeAsync(partition, cancellationToken).ConfigureAwait(false))
                return rows;
        }

        throw new TableStoreUnavailableException("Usage is being rolled up and could not be read in one piece.");
    }

    private async ValueTask<string?> ChangeAsync(string partition, CancellationToken cancellationToken) =>
        (await _store.GetAsync(UsageTables.Usage, partition, UsageTables.ChangeRow, cancellationToken).ConfigureAwait(false))?.ETag;
}
