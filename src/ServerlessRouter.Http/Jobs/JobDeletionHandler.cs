using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Takes a job of the caller's back: one that runs is cancelled, one that has ended is forgotten.</summary>
internal sealed class JobDeletionHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        var result = await desk.DeleteAsync(caller, IdIn(http), http.RequestAborted);
        if (!result.TryGet(out var job, out var refused))
            return refused;
        if (!job.HasEnded)
            await JobHandler.WriteAsync(http, desk, job, StatusCodes.Status202Accepted);
        else
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, job.Id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, JobDocument.Kind));
        return null;
    }
}
