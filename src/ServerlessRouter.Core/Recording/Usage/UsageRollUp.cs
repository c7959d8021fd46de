using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Makes the sums of hours, days and months that have ended, and those anew that lack something. No row that a writer wrote is moved: until sums are made, and while an hour is marked, readings go
/// by those rows. So a turn may break off anywhere, come twice, or meet another at work.
/// </summary>
internal sealed class UsageRollUp(ITableStore store, UsageOptions options, TimeProvider time)
{
    private readonly UsageSumming _sums = new(store);

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var standing = await UsageStanding.FindAsync(store, options, time, cancellationToken).ConfigureAwait(false);
        if (await RollAsync(standing, cancellationToken).ConfigureAwait(false) is not { } rolled)
            return;
        if (await MendAsync(rolled, cancellationToken).ConfigureAwait(false))
            await SealAsync(rolled, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes the sums of what has ended since, or claims what else there is to do; null where there is nothing, or another came first. Either way the state is written, so of two that read the
    /// same state one goes on, and one whose state another wrote since gives up no rows.
    /// </summary>
    private async ValueTask<UsageStanding?> RollAsync(UsageStanding standing, CancellationToken cancellationToken)
    {
        var end = UsageTables.HourOf(time.GetUtcNow() - options.HourGrace);
        var kept = UsageTables.DayOf(time.GetUtcNow()).AddDays(-options.KeptDays);
        var from = standing.Rolled > kept ? standing.Rolled : kept;
        if (from >= end)
            return HasMore(standing) ? await WriteAsync(standing, cancellationToken).ConfigureAwait(false) : null;
        // The day may end in an hour in which nothing was used.
        if (await SumHoursAsync(from, end, cancellationToken).ConfigureAwait(false) is not { } days
            || !await SumUpAsync(days.Append(UsageTables.DayOf(from)), end, cancellationToken).ConfigureAwait(false))
            return null;
        var rolled = standing with { Rolled = end };
        return await WriteAsync(rolled, cancellationToken).ConfigureAwait(false);
    }

    private bool HasMore(UsageStanding standing) => standing.Sealed < UsageStanding.Oldest(options, time) || standing.Stale.Keys.Any(hour => hour < standing.Rolled);

    /// <summary>Makes the sums of marked hours anew, and of their days and months; false where another was at it.</summary>
    private async ValueTask<bool> MendAsync(UsageStanding standing, CancellationToken cancellationToken)
    {
        var stale = standing.Stale.Where(mark => mark.Key < standing.Rolled).OrderBy(static mark => mark.Key).ToList();
        foreach (var (hour, _) in stale)
        {
            if (!await _sums.SumHourAsync(hour, cancellationToken).ConfigureAwait(false))
                return false;
        }

        if (!await SumUpAsync(stale.Select(static mark => UsageTables.DayOf(mark.Key)), standing.Rolled, cancellationToken).ConfigureAwait(false))
            return false;

        // A mark that came anew stays.
        foreach (var (hour, etag) in stale)
        {
            await store.WriteAsync(UsageShelf.Table, TableOperation.Delete(UsageShelf.Partition(hour), UsageShelf.StaleKey(hour), etag), cancellationToken).ConfigureAwait(false);
            standing.Stale.Remove(hour);
        }

        return true;
    }

    /// <summary>
    /// Gives up the rows of writers of days long past. Their sums are made once more before: a row that came late without a mark, because the clock of its instance was far behind, counts from then on.
    /// </summary>
    private async ValueTask SealAsync(UsageStanding standing, CancellationToken cancellationToken)
    {
        var oldest = UsageStanding.Oldest(options, time);
        if (standing.Sealed >= oldest)
            return;
        var from = standing.Sealed > oldest.AddDays(-options.RollUpDays) ? standing.Sealed : oldest.AddDays(-options.RollUpDays);
        if (await SumHoursAsync(from, oldest, cancellationToken).ConfigureAwait(false) is { } days && await SumUpAsync(days, standing.Rolled, cancellationToken).ConfigureAwait(false))
            await WriteAsync(standing with { Sealed = oldest, SealedAt = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The sums of the hours in a span that writers wrote of; the days they lie in, or null where another was at it.</summary>
    private async ValueTask<List<DateTimeOffset>?> SumHoursAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var days = new List<DateTimeOffset>();
        while (await NextHourAsync(from, to, cancellationToken).ConfigureAwait(false) is { } hour)
        {
            if (!await _sums.SumHourAsync(hour, cancellationToken).ConfigureAwait(false))
                return null;
            days.Add(UsageTables.DayOf(hour));
            from = hour.AddHours(1);
        }

        return days;
    }

    /// <summary>The sums of days, and of the months they lie in, as far as all their hours are rolled up; false where another was at it.</summary>
    private async ValueTask<bool> SumUpAsync(IEnumerable<DateTimeOffset> someDays, DateTimeOffset rolled, CancellationToken cancellationToken)
    {
        var days = someDays.Distinct().ToList();
        foreach (var day in days.Where(day => day.AddDays(1) <= rolled))
        {
            if (!await _sums.SumDayAsync(day, cancellationToken).ConfigureAwait(false))
                return false;
        }

        foreach (var month in days.Select(UsageShelf.MonthOf).Distinct().Where(month => month.AddMonths(1) <= rolled))
        {
            if (!await _sums.SumMonthAsync(month, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>The first hour in a span that a writer wrote of.</summary>
    private async ValueTask<DateTimeOffset?> NextHourAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        foreach (var month in UsageShelf.ByMonth(from, to))
        {
            var first = TableQuery.InPartition(UsageShelf.Partition(month.From), UsageShelf.SourcesIn(month.From, month.To)) with { PageSize = 1 };
            await foreach (var row in store.QueryAsync(UsageShelf.Table, first, cancellationToken).ConfigureAwait(false))
                return UsageTables.HourOf(UsageShelf.StartOf(row));
        }

        return null;
    }

    private async ValueTask<UsageStanding?> WriteAsync(UsageStanding standing, CancellationToken cancellationToken)
    {
        var result = await store.WriteAsync(UsageShelf.Table, standing.Write(), cancellationToken).ConfigureAwait(false);
        return result.IsDone ? standing with { ETag = result.ETag } : null;
    }
}
