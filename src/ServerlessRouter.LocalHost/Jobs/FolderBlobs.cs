using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.LocalHost.Jobs;

/// <summary>
/// Blobs as files of a folder. Names have been checked and lead out of it nowhere; links inside it, which could, are not followed. A folder that is not there is away and not made anew: where a share
/// was unmounted, that would write behind its back. (A mount point that stays as an empty folder looks like an empty share.)
/// </summary>
internal sealed class FolderBlobs(string path) : IJobBlobs
{
    public const string FolderName = "blobs";

    private const string Unfinished = ".part";

    /// <summary>What Windows says of names it does not allow; other systems allow all that <see cref="BlobName"/> does.</summary>
    private const int InvalidName = unchecked((int)0x8007007B);

    public ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var file = PathOf(name);
        try
        {
            if (FindObstacle(name) is not null || !File.Exists(file))
                return new((Stream?)null);
            // A pipe is empty by its length too, and opening one would wait for ever.
            return new(new FileInfo(file).Length == 0 ? Stream.Null : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous));
        }
        catch (IOException failure)
        {
            throw new BlobsUnavailableException($"The blob '{name}' cannot be read ({failure.Message})", failure);
        }
    }

    public async ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        try
        {
            var file = PathOf(name);
            if ((FindObstacle(name) ?? FindObstacle(name + Unfinished)) is { } obstacle)
                throw new BlobRefusedException($"The blob '{name}' cannot be written: {obstacle}");
            await WriteFileAsync(file, content, cancellationToken);
        }
        catch (IOException failure) when (failure is PathTooLongException || failure.HResult == InvalidName)
        {
            throw new BlobRefusedException($"The blob '{name}' cannot be written: no file can have that name here.", failure);
        }
        catch (IOException failure)
        {
            // A full disk, a share that is not there.
            throw new BlobsUnavailableException($"The blob '{name}' cannot be written ({failure.Message})", failure);
        }
    }

    private static async Task WriteFileAsync(string file, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Under another name first: who waits for the blob never sees half of it.
        var unfinished = file + Unfinished;
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
            TryDelete(unfinished);
            throw;
        }
    }

    /// <summary>Where that fails too, the first failure is the one that tells something, and the next try begins the same file anew.</summary>
    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It stays.
        }
    }

    /// <summary>What stands in the blob's way that no waiting takes away; null when nothing does.</summary>
    private string? FindObstacle(string name)
    {
        var (parts, place) = (name.Split('/'), path);
        for (var part = 0; part < parts.Length; part++)
        {
            place = Path.Combine(place, parts[part]);
            var (isLast, shown) = (part == parts.Length - 1, string.Join('/', parts[..(part + 1)]));
            // The one look that does not follow a link, not even one that leads nowhere.
            var found = new FileInfo(place);
            if (found.LinkTarget is not null)
                return $"'{shown}' is a link, and links in this folder are not followed.";
            if (isLast ? Directory.Exists(place) : found.Exists)
                return isLast ? $"'{shown}' is a folder." : $"'{shown}' is a file and cannot be a folder too.";
        }

        return null;
    }

    private string PathOf(string name)
    {
        if (!BlobName.IsGood(name))
            throw new ArgumentException($"'{name}' is no blob's name.", nameof(name));
        return Directory.Exists(path) ? Path.Combine([path, .. name.Split('/')]) : throw new BlobsUnavailableException($"The folder '{path}' is not there.");
    }
}
