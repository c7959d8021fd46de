namespace ServerlessRouter.Jobs.Queue;

/// <summary>Where messages refer to for long inputs, and where results are put beside the files; names are as <see cref="BlobName"/> allows.</summary>
public interface IJobBlobs
{
    /// <summary>A blob to read; null when there is none.</summary>
    ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes a blob whole, over the one that is there; throws <see cref="BlobsUnavailableException"/> while that cannot be done.</summary>
    ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken);
}
