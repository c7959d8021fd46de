using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Tells what was used.</summary>
internal sealed class UsageHandler(BooksGate gate, UsageReader usage)
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

        var reading = await usage.ReadAsync(query!, http.RequestAborted);
        if (reading.Error is { } notNow)
        {
            await ErrorAnswer.WriteAsync(http.Response, notNow, http.RequestAborted);
            return;
        }

        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, (Query: query!, Page: reading.Page!), static (writer, found) => UsageDocument.Write(writer, found.Query, found.Page));
    }
}
