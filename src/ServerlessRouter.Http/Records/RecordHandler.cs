using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Tells what became of a request.</summary>
internal sealed class RecordHandler(BooksGate gate, RecordReader records) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        var id = PathName.Of(http.Request, EndpointPatterns.ThingId);
        if (view.Error is { } refusal)
            await ErrorAnswer.WriteAsync(http.Response, refusal, http.RequestAborted);
        else if (await records.FindAsync(id, view.Key, http.RequestAborted) is { } record)
            await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(record.Json), http.RequestAborted);
        else
            await ErrorAnswer.WriteAsync(http.Response, NotFound, http.RequestAborted);
    }

    private RouterError NotFound => new(RouterErrorCode.NotFound, records.IsOn
        ? "There is no record of such a request. Records appear a few seconds after a request ends, and go after the days the configuration keeps them."
        : "This router keeps no records of requests. Whoever runs it sets records.keepDays in its configuration.");
}
