namespace ServerlessRouter.State;

/// <summary>What an operation comes to against the row that is there; the same for every store that decides it itself.</summary>
public static class TableRules
{
    /// <summary>Whether the operation's condition holds.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="existingETag">The ETag of the row that is there; null where there is none.</param>
    public static TableOutcome Check(TableOperation operation, string? existingETag) => operation.Kind switch
    {
        TableOperationKind.Insert => existingETag is null ? TableOutcome.Done : TableOutcome.AlreadyExists,
        TableOperationKind.UpsertReplace or TableOperationKind.UpsertMerge => TableOutcome.Done,
        TableOperationKind.UpdateReplace or TableOperationKind.UpdateMerge or TableOperationKind.Delete =>
            existingETag is null ? TableOutcome.NotFound
            : operation.IfMatch == TableETag.Any || operation.IfMatch == existingETag ? TableOutcome.Done
            : TableOutcome.ETagMismatch,
    };

    /// <summary>True when the result depends on the properties of the row that is there.</summary>
    public static bool Merges(TableOperationKind kind) => kind is TableOperationKind.UpsertMerge or TableOperationKind.UpdateMerge;

    /// <summary>The row as it is after a merge.</summary>
    /// <exception cref="ArgumentException">The merged row breaks <see cref="TableLimits"/>.</exception>
    public static TableEntity Merge(TableEntity entity, TableEntity existing)
    {
        var merged = entity.MergedOnto(existing);
        TableLimits.CheckEntity(merged);
        return merged;
    }
}
