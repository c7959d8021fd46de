using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Http.Responses;

/// <summary>The caller's answers that are kept.</summary>
internal sealed class ResponsesEndpoints(StoredResponses store, BackgroundResponses background)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    /// <summary>Tells one as it was answered, or as it stands.</summary>
    public async ValueTask<RouterError?> GetAsync(HttpContext http, string? caller)
    {
        if (http.Request.Query["stream"] is ["true"])
            return new RouterError(RouterErrorCode.UnsupportedParameter, "A response that is kept is told as a whole. Leave 'stream' out.") { Param = "stream" };
        if (await FindAsync(http, caller) is not { } found)
            return StoredResponses.NotFound(PathName.IdOf(http));
        await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, found.Response, http.RequestAborted);
        return null;
    }

    /// <summary>Forgets one.</summary>
    public async ValueTask<RouterError?> DeleteAsync(HttpContext http, string? caller)
    {
        var id = PathName.IdOf(http);
        if (await store.FindAsync(caller, id, http.RequestAborted) is not { } found || !await store.DeleteAsync(caller, id, http.RequestAborted))
            return StoredResponses.NotFound(id);
        await background.ForgetAsync(found, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, "response"));
        return null;
    }

    /// <summary>Ends one that is made in the background; one that has ended is told as it is.</summary>
    public async ValueTask<RouterError?> CancelAsync(HttpContext http, string? caller)
    {
        if (await store.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { } found)
            return StoredResponses.NotFound(PathName.IdOf(http));
        if (found.JobId is null)
            return RouterError.InvalidRequest("Only a response that was asked for with 'background' can be cancelled.", "response_id");
        await background.CancelAsync(found, http.RequestAborted);
        return await GetAsync(http, caller);
    }

    /// <summary>Lists what one answers, the newest first unless asked otherwise.</summary>
    public async ValueTask<RouterError?> ListInputAsync(HttpContext http, string? caller)
    {
        if (PageQuery.Read(http.Request, DefaultLimit, MaxLimit, out var page) is { } error)
            return error;
        if (http.Request.Query.ContainsKey("before"))
            return new RouterError(RouterErrorCode.UnsupportedParameter, "A list is read forwards. Use 'after', and 'order' for the other end.") { Param = "before" };
        if (await FindAsync(http, caller) is not { } found)
            return StoredResponses.NotFound(PathName.IdOf(http));
        var items = ResponsesConversation.Named(found.Input, found.Id);
        if (page.Order == JobListOrder.NewestFirst)
            items = [.. items.Reverse()];
        var first = page.After is null ? 0 : items.Select(static item => item.Id).ToList().IndexOf(page.After) + 1;
        // Beginning anew would have a client that reads page by page read for ever.
        if (first == 0 && page.After is not null)
            return RouterError.InvalidRequest($"'after' names no item that '{found.Id}' answers. Take 'last_id' of the page before.", "after");
        var entries = items.Skip(first).Take(page.Limit).ToList();
        var list = new JobPage<(string Id, ReadOnlyMemory<byte> Item)>(entries, first + entries.Count < items.Count);
        await JsonDocumentAnswer.WriteAsync(
            http, StatusCodes.Status200OK, list, static (writer, list) => JsonDocumentAnswer.WriteList(writer, list, static item => item.Id, WriteItem));
        return null;
    }

    private static void WriteItem(Utf8JsonWriter writer, (string Id, ReadOnlyMemory<byte> Item) entry) => writer.WriteRawValue(entry.Item.Span, skipInputValidation: true);

    private async ValueTask<StoredResponse?> FindAsync(HttpContext http, string? caller) =>
        await store.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is { } found ? await background.LookAsync(found, http.RequestAborted) : null;
}
