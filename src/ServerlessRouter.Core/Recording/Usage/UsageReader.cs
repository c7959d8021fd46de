using ServerlessRouter.Background;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Adds up what all instances have written; what they still hold in memory is missing, which is a few seconds' worth. Only a few readings go on at a time, so that they leave the store to what
/// requests need.
/// </summary>
public sealed class UsageReader
{
    /// <summary>Rows that are read for one page, but for those of the last span; then it ends, and the next goes on.</summary>
    private const int MaxRows = 1000;

    /// <summary>Spans that are read first: what they hold tells how many more fill the page.</summary>
    private const int FirstSpans = 16;

    /// <summary>Spans that are read at a time, after fewer did not fill the page.</summary>
    private const int MaxSpans = 128;

    /// <summary>The same where there are rows of earlier versions, of which a day has many.</summary>
    private const int MaxEarlierSpans = 16;

    private readonly ITableStore _store;
    private readonly EarlierUsage _earlier;
    private readonly UsageOptions _options;
    private readonly TimeProvider _time;
    private readonly ReadLimiter _places;

    /// <summary>Reads over this store.</summary>
    public UsageReader(ITableStore store, UsageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_store, _options, _time, _earlier) = (store, options, time, new EarlierUsage(store, options, time));
        _places = new ReadLimiter(options.MaxReadings, options.ReadPatience, time);
    }

    /// <summary>Days back from today for which usage can be told by the minute.</summary>
    public int MinuteDays => Math.Min(_options.MinuteDays, _options.RollUpDays);

    /// <summary>Days back from today for which usage can be told by the hour.</summary>
    public int HourlyDays => _options.HourlyDays;

    /// <summary>Days back from today for which there is usage.</summary>
    public int KeptDays => _options.KeptDays;

    /// <summary>The current time.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

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
        var standing = await UsageStanding.FindAsync(_store, _options, _time, cancellationToken).ConfigureAwait(false);
        var pages = new UsagePageReader(_store, standing, await UsagePageReader.HasLateAsync(_store, cancellationToken).ConfigureAwait(false));
        var hasEarlier = await _earlier.HasAnyAsync(query, cancellationToken).ConfigureAwait(false);
        var (sums, end) = (new List<UsageSum>(), query.To < Today.AddDays(1) ? query.To : Today.AddDays(1));
        var from = query.After is { } after && after.From > query.From ? after.From : query.From;
        var spans = hasEarlier ? 1 : FirstSpans;
        for (var read = spans; from < end; read += spans)
        {
            var to = query.EndOfMany(from, spans);
            to = to < end ? to : end;
            var found = new UsageSums(query);
            await pages.AddAsync(found, from, to, cancellationToken).ConfigureAwait(false);
            if (hasEarlier && await _earlier.AddAsync(found, from, to, cancellationToken).ConfigureAwait(false) is not true)
                return UsageReading.Refused("Usage is being rolled up and could not be read in one piece. Try again shortly.", ReadLimiter.RetryAfter);
            foreach (var sum in found.InOrder())
            {
                if (query.After is { } given && given.IsPast(sum))
                    continue;
                if (sums.Count == query.Limit)
                    return UsageReading.Of(sums, UsageCursor.Behind(sums[^1]));
                sums.Add(sum);
            }

            from = to;
            if (from < end && (sums.Count == query.Limit || pages.Rows >= MaxRows || (hasEarlier && spans >= MaxEarlierSpans)))
                return UsageReading.Of(sums, UsageCursor.Before(from));
            spans = hasEarlier ? Math.Min(2 * spans, MaxEarlierSpans) : Math.Min(SpansFor(query.Limit - sums.Count, sums.Count, read), MaxSpans);
        }

        return UsageReading.Of(sums, null);
    }

    /// <summary>Spans that probably hold so many sums, where those that were read held what they did.</summary>
    private static int SpansFor(int wanted, int found, int read) => found == 0 ? MaxSpans : (int)Math.Min(((long)wanted * read / found) + 1, MaxSpans);
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
