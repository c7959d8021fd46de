namespace ServerlessRouter.State;

/// <summary>Remembers entities in tables with the semantics of Azure Table Storage, so that an adapter to the service maps one to one.</summary>
/// <remarks>
/// <para>A table comes into being at its first write; reading a table never written finds nothing. Table names ignore case.</para>
/// <para>What can be expected of a condition (exists already, not found, another ETag) is a value of <see cref="TableOutcome"/>. A breach of
/// <see cref="TableLimits"/> is a bug of the caller and an <see cref="ArgumentException"/> on every implementation.</para>
/// <para>Storage that cannot be reached is a <see cref="TableStoreUnavailableException"/> from any member, so that it passes through every layer that could
/// do nothing about it up to the refresh or flush loop, which goes on with its last snapshot. After it, and after a cancellation, the fate of a write is
/// unknown: repeat it under the ETag it was meant for.</para>
/// </remarks>
public interface ITableStore
{
    /// <summary>Carries out one operation; its condition decides the outcome.</summary>
    ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Carries out up to <see cref="TableLimits.TransactionOperations"/> operations on different rows of one partition, all or none; the first
    /// operation whose condition fails decides the outcome.
    /// </summary>
    ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default);

    /// <summary>The entity, or null when there is none.</summary>
    ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default);

    /// <summary>
    /// One page of the entities in range, ordered by partition key and then row key, both ordinal. A page may be short or empty and still have a
    /// continuation. Pages together are no snapshot: an entity written meanwhile may be in or out, but none comes twice.
    /// </summary>
    /// <param name="table">The table to read.</param>
    /// <param name="query">The range and the page size.</param>
    /// <param name="continuation">The previous page's <see cref="TablePage.Continuation"/> for the same query; null for the first page.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default);
}
