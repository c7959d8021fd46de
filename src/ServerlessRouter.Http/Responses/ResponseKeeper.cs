using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Responses;

/// <summary>
/// Puts a request for a response together with the answers it goes on from, and notes whether its own is to be kept. A request that neither names an answer nor has one kept costs a look at its members.
/// </summary>
internal sealed class ResponseKeeper(JobServices jobs, BackgroundResponses background, ILogger logger)
{
    /// <summary>Why the request cannot go on, or the body that stands for itself; neither where the body does already.</summary>
    public async ValueTask<(RouterError? Error, ReadOnlyMemory<byte>? Body)> PrepareAsync(HttpContext http, string? caller, TierModel? tier, ReadOnlyMemory<byte> body)
    {
        var asked = ResponsesRequest.Read(body.Span);
        if (asked.Fault is { } fault)
            return (fault, null);
        if (asked is { IsBackground: true, Store: false })
            return (RouterError.InvalidRequest("A response in the background is kept, which 'store': false forbids. Leave one of them out.", "background"), null);
        var isStored = asked.IsBackground || (asked.Store ?? tier?.StoreResponses ?? jobs.IsDurable);
        if (!isStored && asked.PreviousResponseId is null && !asked.MayHaveReferences)
            return default;

        ReadOnlyMemory<byte> earlier = default;
        if (asked.PreviousResponseId is { } previous)
        {
            if (await FindAsync(caller, previous, http.RequestAborted) is not { } found)
                return (NotKept(previous, "previous_response_id"), null);
            if (!ResponsesConversation.HasEnded(found.Response.Span))
                return (RouterError.InvalidRequest($"'{previous}' has no answer to go on from. Wait until its status is completed or incomplete.", "previous_response_id"), null);
            earlier = ResponsesConversation.Join(found.Input.Span, ResponsesConversation.OutputOf(found.Response.Span));
        }

        var named = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (asked.MayHaveReferences && await FindAsync(http, caller, body, earlier, named) is { } missing)
            return (missing, null);
        var rewritten = new ArrayBufferWriter<byte>(body.Length + earlier.Length + 64);
        if (ResponsesConversation.Write(body, earlier, named, isStored, rewritten) is not { } items)
            return default;
        http.Features.Set(new KeptResponse(jobs.Responses, logger, caller, isStored ? items : null) { PreviousId = asked.PreviousResponseId, IsBackground = asked.IsBackground });
        return (null, rewritten.WrittenMemory);
    }

    private async ValueTask<RouterError?> FindAsync(HttpContext http, string? caller, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> earlier, Dictionary<string, ReadOnlyMemory<byte>> named)
    {
        var read = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (place, id) in ResponsesConversation.References(body))
        {
            var item = ResponsesConversation.Find(earlier, id);
            if (item.IsEmpty && ResponsesIds.ResponseOf(id) is { } home)
            {
                if (!read.TryGetValue(home, out var output))
                {
                    var found = await FindAsync(caller, home, http.RequestAborted);
                    read[home] = output = found is null ? default : ResponsesConversation.OutputOf(found.Response.Span);
                }

                item = ResponsesConversation.Find(output, id);
            }

            if (item.IsEmpty)
                return NotKept(id, $"input[{place}].id");
            named[id] = item;
        }

        return null;
    }

    private async ValueTask<StoredResponse?> FindAsync(string? caller, string id, CancellationToken cancellationToken) =>
        await jobs.Responses.FindAsync(caller, id, cancellationToken) is { } found ? await background.LookAsync(found, cancellationToken) : null;

    private static RouterError NotKept(string id, string param) => new(
        RouterErrorCode.PreviousResponseNotFound,
        $"'{id}' is not kept for this key: it was not stored, was deleted, or is older than 30 days. Send the whole conversation in 'input', or have answers kept: 'store': true in the request, or "
        + "'storeResponses': true for the tier.") { Param = param };
}
