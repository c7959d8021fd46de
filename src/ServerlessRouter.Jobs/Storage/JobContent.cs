using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Bytes of any length in the table store, a row of at most <see cref="RowBytes"/> after the other.</summary>
internal sealed class JobContent(ITableStore store)
{
    /// <summary>As much as one property may hold; a request is read without reading much else.</summary>
    public const int RowBytes = TableLimits.PropertyBytes;

    /// <summary>A page of them is about a megabyte.</summary>
    public const int RowsPerCall = 16;

    public const string Data = "Data";

    public static string Key(int row) => row.ToString("D10", CultureInfo.InvariantCulture);

    /// <summary>Writes a content from a row on; rows that are there are replaced, so writing again changes nothing.</summary>
    public JobContentWriter Write(string contentId, int firstRow = 0) => new(store, contentId, firstRow);

    /// <summary>All of it in order; a piece is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string contentId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = TableQuery.InPartition(contentId) with { PageSize = RowsPerCall };
        await foreach (var row in store.QueryAsync(JobTables.Content, query, cancellationToken).ConfigureAwait(false))
            yield return row[Data].AsBinary();
    }

    /// <summary>Copies a stretch of it that begins in a row; false when it is not there (any more).</summary>
    public async ValueTask<bool> TryReadAsync(string contentId, int row, int at, Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            if (await store.GetAsync(JobTables.Content, contentId, Key(row++), cancellationToken).ConfigureAwait(false) is not { } found)
                return false;
            var data = found[Data].AsBinary();
            if (data.Length <= at)
                return false;
            var taken = Math.Min(data.Length - at, destination.Length);
            data.Slice(at, taken).CopyTo(destination);
            (destination, at) = (destination[taken..], 0);
        }

        return true;
    }

    public async ValueTask DeleteAsync(string contentId, CancellationToken cancellationToken)
    {
        var query = TableQuery.InPartition(contentId) with { PageSize = RowsPerCall };
        await store.DeleteAllAsync(JobTables.Content, query, cancellationToken).ConfigureAwait(false);
    }
}
