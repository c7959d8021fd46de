using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Http.Responses;

/// <summary>
/// Keeps the answer of one request before its end is told, so that the caller can go on from it at once, at any instance. An answer that cannot be kept is told all the same.
/// </summary>
internal sealed partial class KeptResponse(StoredResponses store, ILogger logger, string? caller, byte[]? items)
{
    /// <summary>The caller does not wait for it.</summary>
    public bool IsBackground { get; init; }

    /// <summary>It is one because the caller prefers so (<c>Prefer: respond-async</c>), and is told as such.</summary>
    public bool IsLater { get; init; }

    /// <summary>What it answers, as the inside of a JSON list.</summary>
    public ReadOnlyMemory<byte> Items => items;

    /// <summary>The answer that the request went on from.</summary>
    public string? PreviousId { get; init; }

    /// <summary>That of a request; null where nothing of it is kept.</summary>
    public static KeptResponse? Of(HttpContext http) => http.Features.Get<KeptResponse>();

    /// <summary>Keeps a whole response. Answers it as it is told: it says whether it is kept.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> KeepAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (items is null)
            return response;
        var told = StoreWord.In(response, isKept: true);
        return await TryKeepAsync(told, cancellationToken) ? told : StoreWord.In(response, isKept: false);
    }

    /// <summary>Looks at events that are about to be told, and keeps the response that the last one ends with. Answers them as they are told: until then a response says that it will be kept, at its end whether it is.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> WatchAsync(ReadOnlyMemory<byte> events, CancellationToken cancellationToken)
    {
        if (items is null)
            return events;
        var told = StoreWord.InEvents(events, isKept: true);
        var response = ResponsesConversation.ResponseIn(told);
        var isKept = response.IsEmpty ? !ResponsesConversation.TellsFailure(told.Span) : await TryKeepAsync(response, cancellationToken);
        return isKept ? told : StoreWord.InEvents(events, isKept: false);
    }

    private async ValueTask<bool> TryKeepAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (ResponsesConversation.IdOf(response.Span) is not { } id)
            return false;
        try
        {
            if (await store.TryAddAsync(new StoredResponse { Id = id, Caller = caller, Response = response, Input = items }, cancellationToken))
                return true;
            LogNotKept(id);
        }
        catch (TableStoreUnavailableException unavailable)
        {
            LogNoStorage(id, unavailable.Message);
        }

        return false;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The response {Id} is not kept: it is too large, or there is no room for it")]
    private partial void LogNotKept(string id);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The response {Id} is not kept: the storage cannot be reached: {Reason}")]
    private partial void LogNoStorage(string id, string reason);
}
