using System.Runtime.InteropServices;
using ServerlessRouter.Background;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Adds up what all instances have written, day by day; what they still hold in memory is missing, which is a few seconds' worth. Only a few readings go on at a time, so
/// that they leave the store to what requests need.
/// </summary>
public sealed class UsageReader
{
    /// <summary>Days that are read for one page at most.</summary>
    private const int DaysPerPage = 31;

    private readonly UsagePartitionReader _partitions;
    private readonly UsageOptions _options;
    private readonly TimeProvider _time;
    private readonly ReadLimiter _places;

    /// <summary>Reads over this store.</summary>
    public UsageReader(ITableStore store, UsageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _partitions) = (options, time, new UsagePartitionReader(store, options, time));
        _places = new ReadLimiter(options.MaxReadings, options.ReadPatience, time);
    }

    /// <summary>Days back from today for which usage can be told by the hour.</summary>
    public int HourlyDays => _options.HourlyDays;

    /// <summary>Days back from today for which there is usage.</summary>
    public int KeptDays => _options.KeptDays;

    /// <summary>The current UTC day's beginning.</summary>
    public DateTimeOffset Today => UsageTables.DayOf(_time.GetUtcNow());

    /// <summary>The current UTC hour's beginning.</summary>
    public DateTimeOffset ThisHour => UsageTables.HourOf(_time.GetUtcNow());

    /// <summary>The next page of what is asked for.</summary>
    public async ValueTask<UsageReading> ReadAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!await _places.TryTakeAsync(cancellationToken).ConfigureAwait(false))
            return UsageReading.Refused($"{_options.MaxReadings} others are reading usage, which is as many as may at a time. Try again shortly.", ReadLimiter.RetryAfter);
        try
        {
            return await ReadPageAsync(query, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Leave();
        }
    }

    private async ValueTask<UsageReading> ReadPageAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        var sums = new List<UsageSum>();
        var (tomorrow, days) = (Today.AddDays(1), 0);
        var end = query.To < tomorrow ? query.To : tomorrow;
        for (var day = UsageTables.DayOf(query.After is { } after && after.From > query.From ? after.From : query.From); day < end; day = day.AddDays(1))
        {
            if (days++ == DaysPerPage || sums.Count == query.Limit)
                return UsageReading.Of(sums, UsageCursor.Before(day));
            if (await ReadDayAsync(day, query, cancellationToken).ConfigureAwait(false) is not { } found)
                return UsageReading.Refused("Usage is being rolled up and could not be read in one piece. Try again shortly.", ReadLimiter.RetryAfter);
            foreach (var sum in found)
            {
                if (query.After is { } given && given.IsPast(sum))
                    continue;
                if (sums.Count == query.Limit)
                    return UsageReading.Of(sums, UsageCursor.Behind(sums[^1]));
                sums.Add(sum);
            }
        }

        return UsageReading.Of(sums, null);
    }

    /// <summary>The sums of a day in order; null where a part of it could not be read in one piece.</summary>
    private async ValueTask<IEnumerable<UsageSum>?> ReadDayAsync(DateTimeOffset day, UsageQuery query, CancellationToken cancellationToken)
    {
        var shards = Enumerable.Range(0, UsageTables.Shards).Select(shard => _partitions.ReadAsync(UsageTables.Partition(day, shard), query, cancellationToken));
        var sums = new UsageSums(query);
        foreach (var shard in await Task.WhenAll(shards).ConfigureAwait(false))
        {
            if (shard is null)
                return null;
            sums.Add(shard);
        }

        return sums.InOrder();
    }
}

/// <summary>A page of usage, or why there is none just now.</summary>
public readonly record struct UsageReading
{
    private UsageReading(UsagePage? page, RouterError? error) => (Page, Error) = (page, error);

    /// <summary>Null exactly when there is an error.</summary>
    public UsagePage? Page { get; }

    /// <summary>What to tell; another try can help.</summary>
    public RouterError? Error { get; }

    internal static UsageReading Of(IReadOnlyList<UsageSum> sums, UsageCursor? next) => new(new UsagePage(sums, next), null);

    internal static UsageReading Refused(string message, TimeSpan retryAfter) => new(null, new RouterError(RouterErrorCode.TemporarilyUnavailable, message) { RetryAfter = retryAfter });
}

/// <summary>One page of usage, oldest first; it may be short and still have a next one.</summary>
public sealed record UsagePage(IReadOnlyList<UsageSum> Sums, UsageCursor? Next);

/// <summary>
/// Adds up the rows of one partition that count. One page of the store is of one moment. Several are not: where the change row, which comes first of all, says that rows
/// moved meanwhile, they are read again.
/// </summary>
internal sealed class UsagePartitionReader(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>The sums; null where rows moved during every try.</summary>
    public async Task<UsageSums?> ReadAsync(string partition, UsageQuery query, CancellationToken cancellationToken)
    {
        for (var (tries, pause) = (1, options.FirstRereadPause); ; tries++, pause *= 2)
        {
            if (await TryReadAsync(partition, query, cancellationToken).ConfigureAwait(false) is { } sums)
                return sums;
            if (tries == options.MaxRereads)
                return null;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<UsageSums?> TryReadAsync(string partition, UsageQuery query, CancellationToken cancellationToken)
    {
        var sums = new UsageSums(query);
        var rows = TableQuery.InPartition(partition, query.Bucket == UsageBucket.Day ? UsageTables.ReadByDay : UsageTables.ReadByHour) with { PageSize = options.PageSize };
        var page = await store.QueryPageAsync(UsageTables.Usage, rows, null, cancellationToken).ConfigureAwait(false);
        Add(sums, page);
        if (page.Continuation is null)
            return sums;
        var change = page.Entities is [{ RowKey: UsageTables.ChangeRow } first, ..] ? first.ETag : null;
        while (page.Continuation is { } next)
        {
            page = await store.QueryPageAsync(UsageTables.Usage, rows, next, cancellationToken).ConfigureAwait(false);
            Add(sums, page);
        }

        var changed = await store.GetAsync(UsageTables.Usage, partition, UsageTables.ChangeRow, cancellationToken).ConfigureAwait(false);
        return change == changed?.ETag ? sums : null;
    }

    private static void Add(UsageSums sums, TablePage page)
    {
        foreach (var row in page.Entities)
            sums.Add(row);
    }
}

/// <summary>Adds up what a query asks for, by span and group.</summary>
internal sealed class UsageSums(UsageQuery query)
{
    private readonly Dictionary<(DateTimeOffset From, UsageDimensions Group), UsageTally> _tallies = [];

    /// <summary>Adds a row that was read, where it is asked for.</summary>
    public void Add(TableEntity row)
    {
        if (row.RowKey[0] == UsageTables.Change || (query.Bucket == UsageBucket.Hour && row.RowKey[0] == UsageTables.Day))
            return;
        var (hour, dimensions) = (UsageTables.HourOf(row), UsageRow.Dimensions(row));
        var from = query.Bucket == UsageBucket.Day ? UsageTables.DayOf(hour) : hour;
        if (from >= query.From && from < query.To && query.Asks(dimensions))
            CollectionsMarshal.GetValueRefOrAddDefault(_tallies, (from, query.Group(dimensions)), out _) += UsageRow.Tally(row);
    }

    public void Add(UsageSums more)
    {
        foreach (var (name, tally) in more._tallies)
            CollectionsMarshal.GetValueRefOrAddDefault(_tallies, name, out _) += tally;
    }

    /// <summary>The order of pages, which <see cref="UsageCursor"/> tells places in.</summary>
    public IEnumerable<UsageSum> InOrder()
    {
        var span = query.Bucket == UsageBucket.Day ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        return _tallies
            .Select(known => new UsageSum(known.Key.From, known.Key.From + span, known.Key.Group, known.Value))
            .OrderBy(static sum => sum.From).ThenBy(static sum => UsageCursor.KeyOf(sum.Group), StringComparer.Ordinal);
    }
}
