using System.Buffers;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Creates a batch.</summary>
internal sealed class BatchCreationHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    private readonly RouterModelSource _models = models;

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (IdempotencyKey.Read(http.Request, out var key) is { } badKey)
            return badKey;
        var router = _models.Current;
        var body = await RequestBodyReader.ReadAsync(http.Request, router.MaxRequestBytes, http.RequestAborted);
        if (body.Pooled is not { } pooled)
            return body.Error;
        var fault = BatchOrderReader.Read(pooled.AsMemory(0, body.Length), caller, out var order);
        ArrayPool<byte>.Shared.Return(pooled);
        if (fault is not null)
            return fault;

        order = order! with { IdempotencyKey = key, Headers = JobHeaders.Keep(new HttpRequestHeaders(http.Request.Headers), router) };
        var result = await desk.SubmitAsync(order, http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }
}
