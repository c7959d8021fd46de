using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors.Responses;
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

        if (Misplaced(job, pooled.AsSpan(0, item.InputBytes)) is { } misplaced)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return (null, misplaced);
        }

        if (!JobEndpoints.TryRead(job.Endpoint, pooled, item.InputBytes, out var request, out var unreadable))
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return (null, unreadable);
        }

        if (!request.IsStream)
            return (request, null);
        request.Dispose();
        return (null, RouterError.InvalidRequest("A request that is answered later cannot be streamed. Leave 'stream' out.", "stream"));
    }

    /// <summary>What a request for a response asks of the store of answers, which a batch has no part in: its answers stand in its file, and may be made in any order.</summary>
    private static RouterError? Misplaced(Job job, ReadOnlySpan<byte> body)
    {
        if (job.Endpoint != JobEndpoints.Responses)
            return null;
        var asked = ResponsesRequest.Read(body);
        if (asked.PreviousResponseId is not null)
            return Unsupported("previous_response_id", "A request of a batch goes on from no kept answer. Send the whole conversation in 'input'.");
        if (asked.IsBackground)
            return Unsupported("background", "A request of a batch is answered in the background already. Leave 'background' out.");
        return asked.Store == true ? Unsupported("store", "Answers of a batch are kept in its output file alone. Leave 'store' out, or set it to false.") : null;
    }

    private static RouterError Unsupported(string member, string message) => new(RouterErrorCode.UnsupportedParameter, message) { Param = member };
}
