using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>Blobs of the app's storage account: messages read from one container, and their results go to another, so that neither can overwrite the other.</summary>
internal sealed class StorageBlobs(BlobServiceClient service) : IJobBlobs
{
    public const string InputContainer = "batch-input";
    public const string OutputContainer = "batch-output";

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
    }

    // The blob is there when the stream is closed, and whole.
    public async ValueTask WriteAsync(string name, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        var blob = service.GetBlobContainerClient(OutputContainer).GetBlobClient(Checked(name));
        try
        {
            await using var stream = await blob.OpenWriteAsync(overwrite: true, cancellationToken: cancellationToken);
            await foreach (var piece in content.WithCancellation(cancellationToken))
                await stream.WriteAsync(piece, cancellationToken);
        }
        catch (Exception failure) when (IsOutage(failure, cancellationToken))
        {
            throw new BlobsUnavailableException($"Blob Storage did not take '{name}'.", failure);
        }
    }

    /// <summary>Unreachable, throttled or too slow; what it refuses (a missing container or role) is for a person to mend.</summary>
    internal static bool IsOutage(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RequestFailedException refused => refused.Status is 0 or 408 or 429 or >= 500,
        // Several tries in a row that all failed.
        AggregateException => true,
        IOException => true,
        _ => false,
    };

    private static string Checked(string name) => BlobName.IsGood(name) ? name : throw new ArgumentException($"'{name}' is no blob's name.", nameof(name));
}
