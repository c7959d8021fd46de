using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Reads the request of an item from the job's input.</summary>
internal sealed class ItemInput(JobContent content)
{
    /// <summary>The request, to be disposed of, or why it cannot be answered.</summary>
    public async ValueTask<(ChatRequest? Request, RouterError? Error)> ReadAsync(Job job, JobItem item, RouterModel router, CancellationToken cancellationToken)
    {
        if (item.InputBytes > router.MaxRequestBytes)
            return (null, new RouterError(RouterErrorCode.PayloadTooLarge, $"The body is larger than {router.MaxRequestBytes} bytes, the most this router reads (server.maxRequestBytes in its configuration)."));

        var pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, item.InputBytes));
        if (!await content.TryReadAsync(job.InputId, item.InputRow, item.InputAt, pooled.AsMemory(0, item.InputBytes), cancellationToken).ConfigureAwait(false))
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return (null, new RouterError(RouterErrorCode.NotFound, "The input of this request is no longer there."));
        }

        if (!JobEndpoints.ScannerOf(job.Endpoint)(pooled, item.InputBytes, modelInPath: null, out var request, out var unreadable))
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return (null, unreadable);
        }

        if (!request.IsStream)
            return (request, null);
        request.Dispose();
        return (null, RouterError.InvalidRequest("A request that is answered later cannot be streamed. Leave 'stream' out.", "stream"));
    }
}
