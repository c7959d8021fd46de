using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Describes a file of the caller's.</summary>
internal sealed class FileHandler(RouterModelSource models, JobFiles files) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (await files.FindAsync(caller, IdIn(http), http.RequestAborted) is not { } file)
            return JobFiles.NotFound(IdIn(http));
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, file, FileDocument.Write);
        return null;
    }
}
