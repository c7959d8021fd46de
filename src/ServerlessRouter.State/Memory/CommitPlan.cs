namespace ServerlessRouter.State.Memory;

/// <summary>What a set of operations comes to against an image: all their row changes, or which one's condition failed.</summary>
internal sealed record CommitPlan(TableOutcome Outcome, RowChange[] Changes, int? FailedIndex)
{
    /// <summary>Decides every operation; changes nothing.</summary>
    /// <param name="image">The rows as they are.</param>
    /// <param name="table">The table of all operations.</param>
    /// <param name="operations">Operations on different rows.</param>
    /// <param name="etagStem">What no other commit's ETags begin with.</param>
    /// <param name="now">The timestamp of the rows written.</param>
    /// <exception cref="ArgumentException">A merged row breaks <see cref="TableLimits"/>.</exception>
    public static CommitPlan Make(TableImage image, string table, IReadOnlyList<TableOperation> operations, string etagStem, DateTimeOffset now)
    {
        var changes = new RowChange[operations.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var operation = operations[i];
            var existing = image.Find(table, operation.PartitionKey, operation.RowKey);
            var outcome = TableRules.Check(operation, existing?.ETag);
            if (outcome != TableOutcome.Done)
                return new CommitPlan(outcome, [], i);

            changes[i] = operation.Entity is { } entity
                ? new RowChange(table, (existing is not null && TableRules.Merges(operation.Kind) ? TableRules.Merge(entity, existing) : entity).Written($"{etagStem}{i:x}\"", now), IsRemoval: false)
                : new RowChange(table, existing!, IsRemoval: true);
        }

        return new CommitPlan(TableOutcome.Done, changes, null);
    }
}
