using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Creates a batch.</summary>
internal sealed class BatchCreationHandler(RouterModelSource models, RequestBodyReader bodies, JobDesk desk) : JobEndpointHandler(models)
{
    private readonly RouterModelSource _models = models;

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (IdempotencyKey.Read(http.Request, out var key) is { } badKey)
            return badKey;
        var router = _models.Current;
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
}
