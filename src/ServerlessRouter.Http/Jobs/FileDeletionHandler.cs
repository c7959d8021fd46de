using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Forgets a file of the caller's that no unfinished job reads.</summary>
internal sealed class FileDeletionHandler(RouterModelSource models, JobFiles files) : JobEndpointHandler(models)
{
    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        var id = IdIn(http);
        if (await files.DeleteAsync(caller, id, http.RequestAborted) is { } error)
            return error;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, FileDocument.Kind));
        return null;
    }
}
