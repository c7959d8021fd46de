using System.Buffers;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Cuts bytes into rows and writes them a few at a time.</summary>
internal sealed class JobContentWriter(ITableStore store, string contentId, int firstRow) : IDisposable
{
    private const int BufferBytes = JobContent.RowBytes * JobContent.RowsPerCall;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _buffered;
    private int _row = firstRow;

    /// <summary>Bytes taken so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of these, bytes that are not with the store yet.</summary>
    public int Buffered => _buffered;

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        Bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes.Span[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
            if (_buffered == BufferBytes)
                await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is left.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _buffered == 0 ? ValueTask.CompletedTask : FlushAsync(cancellationToken);

    public void Dispose()
    {
        if (_buffer is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
        _buffer = null;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TableOperation>(JobContent.RowsPerCall);
        for (var at = 0; at < _buffered; at += JobContent.RowBytes)
        {
            var data = _buffer.AsSpan(at, Math.Min(JobContent.RowBytes, _buffered - at));
            rows.Add(TableOperation.UpsertReplace(new TableEntity(contentId, JobContent.Key(_row++)) { [JobContent.Data] = TableValue.From(data) }));
        }

        await store.TransactAsync(JobTables.Content, rows, cancellationToken).ConfigureAwait(false);
        _buffered = 0;
    }
}
