using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.LocalHost.Jobs;

/// <summary>Blobs as files of a folder; names have been checked and lead out of it nowhere.</summary>
internal sealed class FolderBlobs(string path) : IJobBlobs
{
    public const string FolderName = "blobs";

    public ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var file = PathOf(name);
        return new(File.Exists(file) ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous) : null);
    }

    public async ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        try
        {
            await WriteFileAsync(name, content, cancellationToken);
        }
        catch (IOException failure)
        {
            // A full disk, a share that is not there.
            throw new BlobsUnavailableException($"The blob '{name}' cannot be written ({failure.Message})", failure);
        }
    }

    private async Task WriteFileAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        var file = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Under another name first: who waits for the blob never sees half of it.
        var unfinished = $"{file}.part";
        var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.Asynchronous);
        try
        {
            await using (stream)
            {
                await foreach (var piece in content.WithCancellation(cancellationToken))
                    await stream.WriteAsync(piece, cancellationToken);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch
        {
            // Half of it would keep a full disk full until the next try.
            File.Delete(unfinished);
            throw;
        }
    }

    private string PathOf(string name) => BlobName.IsGood(name)
        ? Path.Combine([path, .. name.Split('/')])
        : throw new ArgumentException($"'{name}' is no blob's name.", nameof(name));
}
