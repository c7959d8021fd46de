using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Lists the caller's files.</summary>
internal sealed class FileListHandler(RouterModelSource models, JobFiles files) : JobEndpointHandler(models)
{
    private const int MostLimit = 10_000;

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (PageQuery.Read(http.Request, JobFileQuery.DefaultLimit, MostLimit, out var page) is { } error)
            return error;
        var purpose = http.Request.Query["purpose"] is [{ Length: > 0 } written] ? written : null;
        var query = new JobFileQuery { After = page.After, Limit = page.Limit, Order = page.Order, Purpose = purpose };
        var found = await files.ListAsync(caller, query, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(
            http, StatusCodes.Status200OK, found, static (writer, found) => JsonDocumentAnswer.WriteList(writer, found, static file => file.Id, FileDocument.Write));
        return null;
    }
}
