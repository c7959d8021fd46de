using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Describes a batch of the caller's.</summary>
internal sealed class BatchHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (await desk.FindAsync(caller, IdIn(http), http.RequestAborted) is not { Kind: JobKind.Batch } job)
            return JobDesk.NotFound(IdIn(http));
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job, BatchDocument.Write);
        return null;
    }
}
