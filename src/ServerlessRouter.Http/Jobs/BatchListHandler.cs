using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Lists the caller's batches, newest first.</summary>
internal sealed class BatchListHandler(RouterModelSource models, JobDesk desk) : JobEndpointHandler(models)
{
    private const int DefaultLimit = 20;
    private const int MostLimit = 100;

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (PageQuery.Read(http.Request, DefaultLimit, MostLimit, out var page) is { } error)
            return error;
        var found = await desk.ListBatchesAsync(caller, page.After, page.Limit, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(
            http, StatusCodes.Status200OK, found, static (writer, found) => JsonDocumentAnswer.WriteList(writer, found, static job => job.Id, BatchDocument.Write));
        return null;
    }
}
