using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Writes down what a caller used once and for all, such as a chunk of a job that has ended. Repeating it with the same figures under the same name changes nothing.</summary>
internal sealed class UsageParts(ITableStore store)
{
    /// <summary>Adds the entries, one for each hour and set of dimensions.</summary>
    /// <param name="writer">Names whose they are; never another's name.</param>
    /// <param name="entries">What was used.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask AddAsync(string writer, IEnumerable<UsageEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var (hour, dimensions, tally) in entries)
        {
            var hash = dimensions.Hash();
            var partition = UsageTables.Partition(hour, hash);
            // A roll-up may have taken what an earlier try wrote.
            var trace = UsageTables.PartKey(UsageTables.TakenPart, hour, hash, writer);
            if (await store.GetAsync(UsageTables.Usage, partition, trace, cancellationToken).ConfigureAwait(false) is not null)
                continue;
            var row = UsageRow.Write(partition, UsageTables.PartKey(UsageTables.Part, hour, hash, writer), dimensions, tally);
            await store.WriteAsync(UsageTables.Usage, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false);
        }
    }
}
