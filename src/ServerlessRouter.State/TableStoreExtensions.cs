using System.Runtime.CompilerServices;

namespace ServerlessRouter.State;

/// <summary>Reads a whole query of an <see cref="ITableStore"/>, page after page.</summary>
public static class TableStoreExtensions
{
    /// <summary>Every entity in range, fetched a page at a time as the caller goes.</summary>
    public static async IAsyncEnumerable<TableEntity> QueryAsync(
        this ITableStore store, string table, TableQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);

        string? continuation = null;
        do
        {
            var page = await store.QueryPageAsync(table, query, continuation, cancellationToken).ConfigureAwait(false);
            foreach (var entity in page.Entities)
                yield return entity;

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
