using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.Jobs;

/// <summary>Where messages refer to for long inputs, and where results are put beside the files; names are as <see cref="BlobName"/> allows.</summary>
public interface IJobBlobs
{
    /// <summary>A blob to read; null when there is none. Throws <see cref="BlobsUnavailableException"/> while that cannot be told.</summary>
    ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a blob whole, over the one that is there; one that breaks off leaves that as it was. Throws <see cref="BlobsUnavailableException"/> while it cannot be done, and
    /// <see cref="BlobRefusedException"/> when it never can.
    /// </summary>
    ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken);
}
