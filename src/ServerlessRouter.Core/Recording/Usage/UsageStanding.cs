using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>How far usage is rolled up: which sums tell everything, and which hours are told by what writers wrote.</summary>
/// <param name="Rolled">Sums are made of the hours before; long ago before the first roll-up.</param>
/// <param name="Sealed">The rows of writers before this day are given up.</param>
/// <param name="ETag">Of the row that says so; null where there is none.</param>
internal sealed record UsageStanding(DateTimeOffset Rolled, DateTimeOffset Sealed, string? ETag)
{
    /// <summary>When that was said; long ago before the first time.</summary>
    public DateTimeOffset SealedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Hours whose sums may lack something, with the ETag of their mark.</summary>
    public Dictionary<DateTimeOffset, string> Stale { get; } = [];

    public static async ValueTask<UsageStanding> FindAsync(ITableStore store, UsageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(UsageShelf.Table, UsageShelf.StatePartition, UsageShelf.RolledRow, cancellationToken).ConfigureAwait(false);
        var standing = new UsageStanding(row?[nameof(Rolled)].AsDateTime() ?? DateTimeOffset.UnixEpoch, row?[nameof(Sealed)].AsDateTime() ?? DateTimeOffset.UnixEpoch, row?.ETag)
        {
            SealedAt = row?.Find(nameof(SealedAt))?.AsDateTime() ?? DateTimeOffset.UnixEpoch,
        };
        var tomorrow = UsageTables.DayOf(time.GetUtcNow()).AddDays(1);
        foreach (var (from, _) in UsageShelf.ByMonth(Oldest(options, time), tomorrow))
        {
            await foreach (var mark in store.QueryAsync(UsageShelf.Table, TableQuery.InPartition(UsageShelf.Partition(from), UsageShelf.Stale), cancellationToken).ConfigureAwait(false))
            {
                if (UsageShelf.StartOf(mark) is var hour && hour >= standing.Sealed)
                    standing.Stale[hour] = mark.ETag!;
            }
        }

        return standing;
    }

    /// <summary>The first day of which writers may have rows.</summary>
    public static DateTimeOffset Oldest(UsageOptions options, TimeProvider time) => UsageTables.DayOf(time.GetUtcNow()).AddDays(-options.RollUpDays - 1);

    /// <summary>The row that says so, to be written under the ETag of the one before.</summary>
    public TableOperation Write()
    {
        var row = new TableEntity(UsageShelf.StatePartition, UsageShelf.RolledRow) { [nameof(Rolled)] = Rolled, [nameof(Sealed)] = Sealed, [nameof(SealedAt)] = SealedAt };
        return ETag is null ? TableOperation.Insert(row) : TableOperation.UpdateReplace(row, ETag);
    }

    /// <summary>The hour's sums tell everything.</summary>
    public bool HasHour(DateTimeOffset hour) => hour < Rolled && !Stale.ContainsKey(hour);

    /// <summary>The day's sums do.</summary>
    public bool HasDay(DateTimeOffset day) => Has(day, day.AddDays(1));

    /// <summary>The month's sums do.</summary>
    public bool HasMonth(DateTimeOffset month) => Has(month, month.AddMonths(1));

    private bool Has(DateTimeOffset from, DateTimeOffset to) => to <= Rolled && !Stale.Keys.Any(hour => hour >= from && hour < to);
}
