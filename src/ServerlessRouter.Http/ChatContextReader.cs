using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Responses;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Makes of an HTTP request the context that the pipeline works on, and hands it on to be answered.</summary>
internal sealed class ChatContextReader(RouterModelSource models, RequestBodyReader bodies, ResponseKeeper keeper, RefusedRequests? refused, TimeProvider time, RequestScanner scan)
{
    /// <summary>
    /// Bytes of a body that is read and decided on where it came in. A host may call handlers on the thread that watches its sockets, and every other connection of that
    /// thread waits meanwhile: up to 5 µs for each KB of many small messages. Behind some 0.3 ms a thread of the pool is worth the hand-over.
    /// </summary>
    internal const int MaxOnSocketThread = 64 * 1024;

    /// <summary>
    /// Reads the request and has it answered; tells what is wrong with one that cannot be read. The key comes first: of a caller who may not call, no body is read, and such a
    /// request is refused by the pipeline, which counts it like every other.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="answer">Answers it. Called from here: a caller who waited for the context would go on, now and then, on the thread that this one has left.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AnswerAsync(HttpContext http, Func<HttpContext, RequestContext, ValueTask> answer)
    {
        var receivedAt = time.GetTimestamp();
        var (router, headers) = (models.Current, new HttpRequestHeaders(http.Request.Headers));
        if (CallerIdentity.Find(router, headers, out var caller) is not null && !PlannedCaller.TryFind(http, out caller))
        {
            await answer(http, new RequestContext(http.TraceIdentifier, router, ChatRequest.Unread, headers, receivedAt));
            return;
        }

        var body = await bodies.ReadAsync(http.Request, BodyLimit.Of(router), http.RequestAborted);
        if (body.Length > MaxOnSocketThread)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (body.Pooled is not null && DoorOfRequest.Find(http) is ResponsesDoor)
            body = await StandAloneAsync(http, caller?.Name, caller?.Tier ?? router.AnonymousTier, body, BodyLimit.Of(router));
        if (body.Pooled is not { } pooled)
        {
            await RefuseAsync(http, body.Error!);
            return;
        }

        if (!TryRead(http, pooled, body.Length, out var request, out var error))
        {
            body.Return();
            await RefuseAsync(http, error);
            return;
        }

        using var lease = body.Lease;
        using var read = request;
        var context = new RequestContext(http.TraceIdentifier, router, request, headers, receivedAt)
        {
            ClientAddress = http.Connection.RemoteIpAddress?.ToString(),
            IsIdentified = true,
            Caller = caller,
        };
        try
        {
            await answer(http, context);
        }
        catch when (context.SettledAt != 0)
        {
            RefusedRequests.LeaveAsCounted(http);
            throw;
        }
    }

    private ValueTask RefuseAsync(HttpContext http, RouterError error)
    {
        refused?.Count(error);
        return ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
    }

    /// <summary>The body, or another one in its place that names nothing that is kept here, or why it cannot be answered.</summary>
    private async ValueTask<RequestBody> StandAloneAsync(HttpContext http, string? caller, TierModel? tier, RequestBody body, BodyLimit limit)
    {
        var (isKept, room) = (false, new GrowingBodyLease(body.Lease, limit));
        try
        {
            var (error, rewritten) = await keeper.PrepareAsync(http, new KeeperOrder(caller, tier, body.Memory, room));
            if (error is not null)
                return RequestBody.Refused(error);
            isKept = true;
            if (rewritten is not { } own)
                return body with { Lease = room.Lease };
            var pooled = ArrayPool<byte>.Shared.Rent(own.Length);
            own.CopyTo(pooled);
            ArrayPool<byte>.Shared.Return(body.Pooled!);
            return new RequestBody(pooled, own.Length, room.Lease, null);
        }
        finally
        {
            // Also where the storage cannot be reached, or the caller has left.
            if (!isKept)
                (body with { Lease = room.Lease }).Return();
        }
    }

    private bool TryRead(HttpContext http, byte[] pooled, int length, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error) =>
        DoorOfRequest.Find(http) is { } door
            ? door.TryRead(pooled, length, out request, out error)
            : scan(pooled, length, ModelInPath(http.Request), out request, out error);

    /// <summary>Route values are only looked at where there are some: the look alone would allocate them.</summary>
    private static string? ModelInPath(HttpRequest request) =>
        request.Path.StartsWithSegments(EndpointPatterns.AzureDeployments) ? PathName.Of(request, EndpointPatterns.AzureDeploymentName) : null;
}
