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

    /// <summary>What it answers, as the inside of a JSON list.</summary>
    public ReadOnlyMemory<byte> Items => items;

    /// <summary>The answer that the request went on from.</summary>
    public string? PreviousId { get; init; }

    /// <summary>That of a request; null where nothing of it is kept.</summary>
    public static KeptResponse? Of(HttpContext http) => http.Features.Get<KeptResponse>();

    /// <summary>Keeps a whole response.</summary>
    public async ValueTask KeepAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (items is null || ResponsesConversation.IdOf(response.Span) is not { } id)
            return;
        try
        {
            if (!await store.TryAddAsync(new StoredResponse { Id = id, Caller = caller, Response = response, Input = items }, cancellationToken))
                LogNotKept(id);
        }
        catch (TableStoreUnavailableException unavailable)
        {
            LogNoStorage(unavailable, id);
        }
    }

    /// <summary>Looks at events that are about to be told, and keeps the response that the last one ends with.</summary>
    public ValueTask WatchAsync(ReadOnlyMemory<byte> events, CancellationToken cancellationToken)
    {
        if (items is null)
            return ValueTask.CompletedTask;
        var response = ResponsesConversation.ResponseIn(events);
        return response.IsEmpty ? ValueTask.CompletedTask : KeepAsync(response, cancellationToken);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The response {Id} is not kept: it is too large, or there is no room for it")]
    private partial void LogNotKept(string id);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The response {Id} is not kept: the storage cannot be reached")]
    private partial void LogNoStorage(Exception unavailable, string id);
}
