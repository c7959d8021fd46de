using ServerlessRouter.Jobs;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Blobs that a test can look at.</summary>
internal sealed class MemoryBlobs : Dictionary<string, byte[]>, IJobBlobs
{
    /// <summary>Writing fails with this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Blobs that were to be written, whether or not that failed.</summary>
    public int Tries { get; private set; }

    public ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken) => new(TryGetValue(name, out var content) ? new MemoryStream(content) : null);

    public async ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        Tries++;
        if (Failure is { } failure)
            throw failure;
        using var written = new MemoryStream();
        await foreach (var piece in content.WithCancellation(cancellationToken))
            written.Write(piece.Span);
        this[name] = written.ToArray();
    }
}
