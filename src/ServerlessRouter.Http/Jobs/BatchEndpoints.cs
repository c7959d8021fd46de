using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Jobs;

/// <summary>The caller's batches.</summary>
internal sealed class BatchEndpoints(RouterModelSource models, RequestBodyReader bodies, JobApi desk)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    /// <summary>Creates one.</summary>
    public async ValueTask<RouterError?> CreateAsync(HttpContext http, string? caller)
    {
        if (IdempotencyKey.Read(http.Request, out var key) is { } badKey)
            return badKey;
        var router = models.Current;
        var body = await bodies.ReadAsync(http.Request, BodyLimit.Of(router), http.RequestAborted);
        if (body.Error is { } unread)
            return unread;
        var fault = BatchOrderReader.Read(body.Memory, caller, out var order);
        body.Return();
        if (fault is not null)
            return fault;

        order = order! with { IdempotencyKey = key, Headers = JobHeaders.Keep(new HttpRequestHeaders(http.Request.Headers), router) };
        var result = await desk.SubmitAsync(order, http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }

    /// <summary>Lists them, newest first.</summary>
    public async ValueTask<RouterError?> ListAsync(HttpContext http, string? caller)
    {
        if (PageQuery.Read(http.Request, DefaultLimit, MaxLimit, out var page) is { } error)
            return error;
        var found = await desk.ListBatchesAsync(caller, page.After, page.Limit, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(
            http, StatusCodes.Status200OK, found, static (writer, found) => JsonDocumentAnswer.WriteList(writer, found, static job => job.Id, BatchDocument.Write));
        return null;
    }

    /// <summary>Describes one.</summary>
    public async ValueTask<RouterError?> GetAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { Kind: JobKind.Batch } job)
            return JobApi.NotFound(PathName.IdOf(http));
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }

    /// <summary>Has one end soon.</summary>
    public async ValueTask<RouterError?> CancelAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { Kind: JobKind.Batch } found)
            return JobApi.NotFound(PathName.IdOf(http));
        var result = await desk.CancelAsync(caller, found.Id, http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }
}
