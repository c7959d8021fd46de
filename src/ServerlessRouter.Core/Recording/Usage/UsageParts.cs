using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Writes down what a caller used once and for all, such as a chunk of a job that has ended. Repeating it with the same figures under the same name changes nothing.</summary>
internal sealed class UsageParts(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>Begins the names of such rows; no instance's name does. What they tell is told by the hour, so minutes leave it out.</summary>
    public const string Prefix = "job-";

    private const int NameBytes = 16;

    /// <summary>Where a part of an earlier version may be; a roll-up moves it from the first to the second, so it is looked for in this order.</summary>
    private static readonly char[] EarlierKinds = [UsageTables.Part, UsageTables.TakenPart];

    /// <summary>Adds the entries, one for each hour and set of dimensions.</summary>
    /// <param name="writer">Names whose they are; never another's name.</param>
    /// <param name="entries">What was used.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask AddAsync(string writer, IEnumerable<UsageEntry> entries, CancellationToken cancellationToken)
    {
        var marks = new UsageMarks(store, options, time);
        await marks.FollowAsync(cancellationToken).ConfigureAwait(false);
        var name = $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(writer)).AsSpan(0, NameBytes))}";
        foreach (var hour in entries.GroupBy(static entry => entry.Hour))
        {
            var book = await BookAsync(writer, hour, cancellationToken).ConfigureAwait(false);
            var number = 0;
            foreach (var page in UsagePages.Write(book))
                await InsertAsync(marks, hour.Key, $"{name}.{number++}", page, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What an hour's entries add up to, but for those that an instance of an earlier version wrote under the same name before it stopped.</summary>
    private async ValueTask<UsageBook> BookAsync(string writer, IGrouping<DateTimeOffset, UsageEntry> hour, CancellationToken cancellationToken)
    {
        var book = new UsageBook();
        var hasEarlier = await HasEarlierAsync(hour.Key, cancellationToken).ConfigureAwait(false);
        foreach (var entry in hour)
        {
            if (!hasEarlier || !await IsInEarlierAsync(writer, entry, cancellationToken).ConfigureAwait(false))
                book.CellOf(0, entry.Dimensions).Tally += entry.Tally;
        }

        return book;
    }

    private async ValueTask<bool> HasEarlierAsync(DateTimeOffset hour, CancellationToken cancellationToken)
    {
        var day = TableQuery.AcrossPartitions(UsageTables.Days(hour, hour.AddHours(1))) with { PageSize = 1 };
        await foreach (var _ in store.QueryAsync(UsageTables.Usage, day, cancellationToken).ConfigureAwait(false))
            return true;
        return false;
    }

    private async ValueTask<bool> IsInEarlierAsync(string writer, UsageEntry entry, CancellationToken cancellationToken)
    {
        var hash = entry.Dimensions.Hash();
        foreach (var kind in EarlierKinds)
        {
            if (await store.GetAsync(UsageTables.Usage, UsageTables.Partition(entry.Hour, hash), UsageTables.PartKey(kind, entry.Hour, hash, writer), cancellationToken).ConfigureAwait(false) is not null)
                return true;
        }

        return false;
    }

    private async ValueTask InsertAsync(UsageMarks marks, DateTimeOffset hour, string name, byte[] page, CancellationToken cancellationToken)
    {
        var (partition, key) = (UsageShelf.Partition(hour), UsageShelf.SourceKey(hour, name));
        // An earlier try may have written it as what came too late, or just not.
        if (await store.GetAsync(UsageShelf.Table, partition, key, cancellationToken).ConfigureAwait(false) is not null)
            return;
        if (marks.IsTooLate(hour))
            await store.WriteAsync(UsageShelf.Table, TableOperation.Insert(UsagePages.Row(UsageShelf.LatePartition, UsageShelf.LateKey(hour, name), page)), cancellationToken).ConfigureAwait(false);
        else
            await store.TransactAsync(UsageShelf.Table, marks.With(TableOperation.Insert(UsagePages.Row(partition, key, page)), hour), cancellationToken).ConfigureAwait(false);
    }
}
