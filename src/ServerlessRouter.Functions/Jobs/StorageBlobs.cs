using System.Collections.Immutable;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>Blobs of the app's storage account: messages read from one container, and their results go to another, so that neither can overwrite the other.</summary>
internal sealed class StorageBlobs(BlobServiceClient service) : IJobBlobs
{
    public const string InputContainer = "batch-input";
    public const string OutputContainer = "batch-output";

    /// <summary>A blob takes 50,000 blocks, so this makes 195 GiB.</summary>
    internal const int BlockBytes = 4 * 1024 * 1024;

    /// <summary>Every id of a blob's blocks has the same length, also those that another writer left there: this is the SDK's own.</summary>
    private const int BlockIdBytes = 48;

    /// <summary>What stands in a blob's way that no waiting takes away: a blob of another type, a hold.</summary>
    private static readonly ImmutableHashSet<string> Obstacles = ["InvalidBlobType", "BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"];

    public async ValueTask<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await service.GetBlobContainerClient(InputContainer).GetBlobClient(Checked(name)).OpenReadAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound || missing.ErrorCode == BlobErrorCode.ContainerNotFound || missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (IsOutage(failure, cancellationToken))
        {
            throw new BlobsUnavailableException($"Blob Storage did not give '{name}'.", failure);
        }
    }

    /// <remarks>What is staged belongs to no blob until the list is committed: whatever fails before, the blob that was there stays, and there is never half a blob.</remarks>
    public async ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        var blob = service.GetBlobContainerClient(OutputContainer).GetBlockBlobClient(Checked(name));
        var (blocks, block, filled) = (new List<string>(), new byte[BlockBytes], 0);
        await foreach (var piece in content.WithCancellation(cancellationToken))
        {
            for (var left = piece; !left.IsEmpty;)
            {
                if (filled == block.Length)
                    filled = await StageAsync(filled);
                var taken = Math.Min(left.Length, block.Length - filled);
                left[..taken].CopyTo(block.AsMemory(filled));
                (left, filled) = (left[taken..], filled + taken);
            }
        }

        if (filled > 0)
            await StageAsync(filled);
        await AskAsync(name, () => blob.CommitBlockListAsync(blocks, cancellationToken: cancellationToken), cancellationToken);

        async Task<int> StageAsync(int count)
        {
            var id = IdOf(blocks.Count, block.AsSpan(0, count));
            await AskAsync(name, () => blob.StageBlockAsync(id, new MemoryStream(block, 0, count, writable: false), cancellationToken: cancellationToken), cancellationToken);
            blocks.Add(id);
            return 0;
        }
    }

    /// <summary>
    /// Unreachable, throttled, too slow, or held by another for a while: a container that is being deleted, a lease, another writer whose commit took the blocks away. What
    /// it refuses (a missing container or role) is for a person to mend.
    /// </summary>
    internal static bool IsOutage(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RequestFailedException refused => refused.Status is 0 or 408 or 409 or 412 or 429 or >= 500 || refused.ErrorCode == BlobErrorCode.InvalidBlockList,
        // Several tries in a row that all failed.
        AggregateException => true,
        IOException => true,
        _ => false,
    };

    private static async Task AskAsync<T>(string name, Func<Task<Response<T>>> call, CancellationToken cancellationToken)
    {
        try
        {
            await call();
        }
        catch (RequestFailedException refused) when (refused.ErrorCode is { } code && Obstacles.Contains(code))
        {
            throw new BlobRefusedException($"The blob '{name}' cannot be written: what stands there may not be replaced ({code}).", refused);
        }
        catch (Exception failure) when (IsOutage(failure, cancellationToken))
        {
            throw new BlobsUnavailableException($"Blob Storage did not take '{name}'.", failure);
        }
        catch (RequestFailedException refused) when (refused.Status is 403 or 404)
        {
            throw new InvalidOperationException(
                $"Blob Storage refuses '{name}' ({refused.ErrorCode}). See that the container '{OutputContainer}' is there and that the app's identity has the role Storage Blob Data Owner or Contributor on it.", refused);
        }
    }

    /// <summary>
    /// The same for the same block at the same place, so that another try stages no more than the one before it left; and never the same for different ones, so that two
    /// writers of one blob cannot commit each other's.
    /// </summary>
    private static string IdOf(int place, ReadOnlySpan<byte> block)
    {
        Span<byte> id = stackalloc byte[BlockIdBytes];
        id.Clear();
        BitConverter.TryWriteBytes(id, place);
        SHA256.HashData(block, id[sizeof(int)..]);
        return Convert.ToBase64String(id);
    }

    private static string Checked(string name) => BlobName.IsGood(name) ? name : throw new ArgumentException($"'{name}' is no blob's name.", nameof(name));
}
