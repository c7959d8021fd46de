namespace ServerlessRouter.State.Embedded;

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
            var outcome = Check(operation, existing);
            if (outcome != TableOutcome.Done)
                return new CommitPlan(outcome, [], i);

            changes[i] = operation.Entity is { } entity
                ? new RowChange(table, Result(operation.Kind, entity, existing).Written($"{etagStem}{i:x}\"", now), IsRemoval: false)
                : new RowChange(table, existing!, IsRemoval: true);
        }

        return new CommitPlan(TableOutcome.Done, changes, null);
    }

    private static TableOutcome Check(TableOperation operation, TableEntity? existing) => operation.Kind switch
    {
        TableOperationKind.Insert => existing is null ? TableOutcome.Done : TableOutcome.AlreadyExists,
        TableOperationKind.UpsertReplace or TableOperationKind.UpsertMerge => TableOutcome.Done,
        TableOperationKind.UpdateReplace or TableOperationKind.UpdateMerge or TableOperationKind.Delete =>
            existing is null ? TableOutcome.NotFound
            : operation.IfMatch == TableETag.Any || operation.IfMatch == existing.ETag ? TableOutcome.Done
            : TableOutcome.ETagMismatch,
    };

    private static TableEntity Result(TableOperationKind kind, TableEntity entity, TableEntity? existing)
    {
        if (existing is null || kind is not (TableOperationKind.UpsertMerge or TableOperationKind.UpdateMerge))
            return entity;

        var merged = entity.MergedOnto(existing);
        TableLimits.CheckEntity(merged);
        return merged;
    }
}
