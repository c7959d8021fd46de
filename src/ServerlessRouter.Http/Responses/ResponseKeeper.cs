using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Responses;

/// <summary>
/// Puts a request for a response together with the answers it goes on from, and notes whether its own is to be kept. A request that neither names an answer nor has one kept costs a look at its members.
/// </summary>
internal sealed class ResponseKeeper(JobServices jobs, BackgroundResponses background, ILogger logger)
{
    private const string Previous = "previous_response_id";

    /// <summary>Why the request cannot go on, or the body that stands for itself; neither where the body does already.</summary>
    public async ValueTask<(RouterError? Error, ReadOnlyMemory<byte>? Body)> PrepareAsync(HttpContext http, KeeperOrder order)
    {
        var asked = ResponsesRequest.Read(order.Body.Span);
        if (asked.Fault is { } fault)
            return (fault, null);
        var isLater = LaterAnswer.IsWanted(http.Request);
        var isBackground = asked.IsBackground || isLater;
        if (isBackground && asked.Store == false)
            return (RouterError.InvalidRequest($"A response in the background is kept, which 'store': false forbids. Leave it out, or {(asked.IsBackground ? "'background'" : "the header Prefer: respond-async")}.", "background"), null);
        var isStored = isBackground || (asked.Store ?? order.Tier?.StoreResponses ?? jobs.IsDurable);
        if (!isStored && asked.PreviousResponseId is null && !asked.MayHaveReferences)
            return default;

        ReadOnlyMemory<byte> earlier = default;
        if (asked.PreviousResponseId is { } previous)
        {
            var (found, error) = await FindAsync(order, previous, Previous, asksForAll: true, http.RequestAborted);
            if (found is null)
                return (error ?? NotKept(previous, Previous), null);
            if (!ResponsesConversation.HasEnded(found.Response.Span))
                return (RouterError.InvalidRequest($"'{previous}' has no answer to go on from. Wait until its status is completed or incomplete.", Previous), null);
            earlier = ResponsesConversation.Join(found.Input.Span, ResponsesConversation.OutputOf(found.Response.Span));
            if (order.Room.Refuse(order.Body.Length + earlier.Length, Previous) is { } tooLarge)
                return (tooLarge, null);
        }

        var named = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (asked.MayHaveReferences && await FindAsync(order, earlier, named, http.RequestAborted) is { } missing)
            return (missing, null);
        var rewritten = new ArrayBufferWriter<byte>(order.Body.Length + earlier.Length + 64);
        if (ResponsesConversation.Write(order.Body, earlier, named, new ResponseKeeping(isStored, isBackground), rewritten) is not { } items)
            return default;
        http.Features.Set(new KeptResponse(jobs.Responses, logger, order.Caller, isStored ? items : null) { PreviousId = asked.PreviousResponseId, IsBackground = isBackground, IsLater = isLater });
        return (null, rewritten.WrittenMemory);
    }

    /// <summary>Finds the items that the input names. Each is counted as often as it is named, because it goes up as often.</summary>
    private async ValueTask<RouterError?> FindAsync(KeeperOrder order, ReadOnlyMemory<byte> earlier, Dictionary<string, ReadOnlyMemory<byte>> named, CancellationToken cancellationToken)
    {
        var bytes = (long)order.Body.Length + earlier.Length;
        foreach (var (place, id) in ResponsesConversation.References(order.Body))
        {
            var param = $"input[{place}].id";
            if (!named.TryGetValue(id, out var item))
            {
                item = ResponsesConversation.Find(earlier, id);
                if (item.IsEmpty && ResponsesIds.ResponseOf(id) is { } home)
                {
                    var before = order.Room.Lease;
                    var (found, error) = await FindAsync(order, home, param, asksForAll: false, cancellationToken);
                    item = found is null ? default : ResponsesConversation.Find(ResponsesConversation.OutputOf(found.Response.Span), id);
                    order.Room.ReturnTo(before);
                    if (error is not null)
                        return error;
                }

                if (item.IsEmpty)
                    return NotKept(id, param);
                named[id] = item;
            }

            bytes += item.Length;
            if (order.Room.Refuse(bytes, param) is { } tooLarge)
                return tooLarge;
            if (await order.Room.TakeAsync(item.Length, cancellationToken) is { } full)
                return full;
        }

        return null;
    }

    /// <summary>Reads an answer that is kept, with room for it taken before; neither where it is not there.</summary>
    private async ValueTask<(StoredResponse? Found, RouterError? Error)> FindAsync(KeeperOrder order, string id, string param, bool asksForAll, CancellationToken cancellationToken)
    {
        if (await jobs.Responses.LocateAsync(order.Caller, id, cancellationToken) is not { } place)
            return default;
        if (asksForAll && order.Room.Refuse((long)order.Body.Length + place.InputBytes, param) is { } tooLarge)
            return (null, tooLarge);
        if (await order.Room.TakeAsync(place.Bytes, cancellationToken) is { } full)
            return (null, full);
        if (await jobs.Responses.ReadAsync(place, cancellationToken) is not { } kept || await background.LookAsync(kept, cancellationToken) is not { } found)
            return default;
        var told = found.Response.Length - kept.Response.Length;
        return told > 0 && await order.Room.TakeAsync(told, cancellationToken) is { } noRoom ? (null, noRoom) : (found, null);
    }

    private static RouterError NotKept(string id, string param) => new(
        RouterErrorCode.PreviousResponseNotFound,
        $"'{id}' is not kept for this key: it was not stored, was deleted, or is older than 30 days. Send the whole conversation in 'input', or have answers kept: 'store': true in the request, or "
        + "'storeResponses': true for the tier.") { Param = param };
}
