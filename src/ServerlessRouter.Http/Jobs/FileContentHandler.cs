using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Sends the bytes of a file of the caller's, piece by piece.</summary>
internal sealed class FileContentHandler(RouterModelSource models, JobFiles files) : JobEndpointHandler(models)
{
    private const string ContentType = "application/jsonl";

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (await files.FindAsync(caller, IdIn(http), http.RequestAborted) is not { } file)
            return JobFiles.NotFound(IdIn(http));
        var response = http.Response;
        response.ContentType = ContentType;
        response.ContentLength = file.Bytes;
        if (HttpMethods.IsHead(http.Request.Method))
            return null;
        await foreach (var piece in files.ReadAsync(file, http.RequestAborted))
            await response.BodyWriter.WriteAsync(piece, http.RequestAborted);
        return null;
    }
}
