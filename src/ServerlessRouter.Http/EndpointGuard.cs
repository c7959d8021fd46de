using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.State;

namespace ServerlessRouter.Http;

/// <summary>Stands around every handler: names the request, keeps out what pages from elsewhere make browsers send, and turns what the handler could not foresee into an answer and a line in the log.</summary>
/// <param name="handler">Answers.</param>
/// <param name="access">Which pages may ask; null where the path alone tells.</param>
/// <param name="door">The form of what is answered, where it is not OpenAI's of chat completions.</param>
/// <param name="keys">Holds back answers to wrong keys; null where no caller's key is looked at, or wrong ones are counted elsewhere.</param>
/// <param name="refused">Counts what is answered here in the handler's place; null where no model is called.</param>
/// <param name="services">What all guards share.</param>
internal sealed partial class EndpointGuard(EndpointHandler handler, PageAccess? access, ApiDoor? door, CallerKeyWatch? keys, RefusedRequests? refused, GuardServices services)
{
    private readonly ILogger _logger = services.Logger;

    private static readonly StringValues NotForOthers = "private, no-store";
    private static readonly StringValues ByKey = HeaderNames.Authorization;
    private static readonly StringValues ByOriginAndKey = $"{HeaderNames.Origin}, {HeaderNames.Authorization}";

    private static readonly TimeSpan StorageRetryAfter = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext http)
    {
        var requestId = services.RequestIds.Of(http.Request);
        http.TraceIdentifier = requestId;
        http.Response.Headers[RouterHeaders.RequestId] = requestId;
        if (door is not null)
            DoorOfRequest.Set(http, door);
        try
        {
            if ((Admit(http) ?? (keys is null ? null : await keys.BeforeAsync(http))) is { } refusal)
            {
                refused?.Count(refusal);
                await ErrorAnswer.WriteAsync(http.Response, refusal, http.RequestAborted);
            }
            else
            {
                await handler(http);
            }

            keys?.After(http);
        }
        catch (Exception failure) when (HasLeft(http, failure))
        {
            LogLeft(requestId);
        }
        catch (BadHttpRequestException refused)
        {
            LogRefused(requestId, refused.StatusCode, refused.Message);
            await AnswerAsync(http, ErrorOf(refused));
        }
        catch (TableStoreUnavailableException unavailable)
        {
            LogNoStorage(requestId, unavailable.Message);
            await AnswerAsync(http, new RouterError(RouterErrorCode.TemporarilyUnavailable, "The router's storage cannot be reached. Try again shortly.") { RetryAfter = StorageRetryAfter });
        }
        catch (Exception failure)
        {
            LogFailed(failure, requestId);
            await AnswerAsync(http, new RouterError(RouterErrorCode.Internal, $"The router failed. Please report it with the request id {requestId}."));
        }
    }

    /// <summary>For what no endpoint takes, the path alone says whose it would be.</summary>
    public static PageAccess AccessTo(HttpRequest request) => request.Path.StartsWithSegments(EndpointPatterns.Admin) || request.Path.StartsWithSegments($"/{EndpointPatterns.Dashboard}") ? PageAccess.Admin : PageAccess.Callers;

    /// <summary>Says which pages may read the answer, and that no cache may keep what one caller was told for another.</summary>
    public static RouterError? Admit(HttpContext http, RouterModel router, PageAccess page)
    {
        var error = CrossOrigin.Admit(http, router, page);
        if (page == PageAccess.Anyone)
            return error;
        var headers = http.Response.Headers;
        headers.CacheControl = NotForOthers;
        headers.Vary = headers.Vary.Count == 0 ? ByKey : ByOriginAndKey;
        return error;
    }

    private RouterError? Admit(HttpContext http)
    {
        var page = access ?? AccessTo(http.Request);
        return services.HasKnownKeys && page != PageAccess.Anyone && ForeignRequest.FindWithKnownKey(http.Request) is { } foreign ? foreign : Admit(http, services.Models.Current, page);
    }

    private async ValueTask AnswerAsync(HttpContext http, RouterError error)
    {
        // Half an answer must not look whole.
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        refused?.CountBrokenOff(http, error);
        http.Response.Clear();
        http.Response.Headers[RouterHeaders.RequestId] = http.TraceIdentifier;
        Admit(http);
        try
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
        }
        catch (Exception failure) when (HasLeft(http, failure))
        {
            // No client is there to read it.
        }
    }

    private static bool HasLeft(HttpContext http, Exception failure) =>
        http.RequestAborted.IsCancellationRequested || failure is ConnectionResetException or ConnectionAbortedException;

    /// <summary>What the server itself finds wrong with a body while it is read.</summary>
    private static RouterError ErrorOf(BadHttpRequestException refused) => refused.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new(RouterErrorCode.RequestTimeout, "The body came too slowly and reading it was given up. Send it in one go."),
        StatusCodes.Status413PayloadTooLarge => new(RouterErrorCode.PayloadTooLarge, "The body is larger than this server reads. Send a shorter prompt."),
        _ => RouterError.InvalidRequest("The body cannot be read: it ended before its Content-Length, or its chunks are not well formed. Send it again as a whole."),
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Request {RequestId}: the caller left")]
    private partial void LogLeft(string requestId);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Request {RequestId} could not be read ({Status}): {Reason}")]
    private partial void LogRefused(string requestId, int status, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Request {RequestId} needs the storage, which cannot be reached: {Reason}")]
    private partial void LogNoStorage(string requestId, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Request {RequestId} met a bug")]
    private partial void LogFailed(Exception failure, string requestId);
}

/// <summary>What the guards of all endpoints share.</summary>
/// <param name="Models">The configuration.</param>
/// <param name="RequestIds">Names requests.</param>
/// <param name="Logger">Is told of what failed.</param>
internal sealed record GuardServices(RouterModelSource Models, RequestIdSource RequestIds, ILogger Logger)
{
    /// <summary>Callers' keys protect from nothing, because everyone knows them.</summary>
    public bool HasKnownKeys { get; init; }
}
