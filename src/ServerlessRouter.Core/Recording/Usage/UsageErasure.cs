using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Forgets what usage no longer needs: rows of writers once they are given up, hours past their days, and months all of whose days are past theirs. May break off and come again. What sums are made
/// of goes only when every roll-up that began before it was given up has ended, for a sum that is made of what is left would lose the rest.
/// </summary>
internal sealed class UsageErasure(ITableStore store, UsageOptions options, TimeProvider time)
{
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var today = UsageTables.DayOf(time.GetUtcNow());
        var (hours, days) = (today.AddDays(-options.HourlyDays), today.AddDays(-options.KeptDays));
        // As long again for clocks that are apart.
        var settled = time.GetUtcNow() - (2 * options.RollUpTimeout);
        var row = await store.GetAsync(UsageShelf.Table, UsageShelf.StatePartition, UsageShelf.RolledRow, cancellationToken).ConfigureAwait(false);
        if (row?[nameof(UsageStanding.Sealed)].AsDateTime() is { } given && (row.Find(nameof(UsageStanding.SealedAt))?.AsDateTime() ?? DateTimeOffset.UnixEpoch) <= settled)
        {
            foreach (var (from, to) in LastMonths(given))
            {
                await DeleteAsync(from, UsageShelf.SourcesIn(from, to), cancellationToken).ConfigureAwait(false);
                await DeleteAsync(from, UsageShelf.StaleBefore(from, to), cancellationToken).ConfigureAwait(false);
            }

            foreach (var (from, to) in LastMonths(hours < given ? hours : given))
            {
                foreach (var view in UsageView.All)
                    await DeleteAsync(from, UsageShelf.SumsIn(UsageShelf.Hour, view, from, to), cancellationToken).ConfigureAwait(false);
            }
        }

        await store.DeleteAllAsync(UsageShelf.Table, TableQuery.AcrossPartitions(UsageShelf.MonthsBefore(days)), cancellationToken).ConfigureAwait(false);
        await store.DeleteAllAsync(UsageShelf.Table, TableQuery.InPartition(UsageShelf.LatePartition, UsageShelf.LateIn(DateTimeOffset.UnixEpoch, days)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The days of this month and the one before it that lie before a time.</summary>
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LastMonths(DateTimeOffset end) => UsageShelf.ByMonth(UsageShelf.MonthOf(end).AddMonths(-1), end);

    private ValueTask DeleteAsync(DateTimeOffset month, TableKeyRange rows, CancellationToken cancellationToken) =>
        store.DeleteAllAsync(UsageShelf.Table, TableQuery.InPartition(UsageShelf.Partition(month), rows), cancellationToken);
}
