using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Tells what was used.</summary>
internal sealed class UsageHandler(BooksGate gate, UsageReader usage) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        UsageQuery? query = null;
        if ((view.Error ?? UsageQueryReader.Read(http.Request, usage, view.Key, out query)) is { } error)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var page = await usage.ReadAsync(query!, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (Query: query!, Page: page), static (writer, found) => UsageDocument.Write(writer, found.Query, found.Page));
    }
}
