using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Has a batch of the caller's end soon.</summary>
internal sealed class BatchCancellationHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, IdIn(http), http.RequestAborted) is not { Kind: JobKind.Batch } found)
            return JobDesk.NotFound(IdIn(http));
        var result = await desk.CancelAsync(caller, found.Id, http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }
}
