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
        var (found, error) = view.Error is { } refusal ? new RecordReading<RequestRecord>(null, refusal) : await records.FindAsync(id, view.Key, http.RequestAborted);
        if (found is not null)
            await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(found.Json), http.RequestAborted);
        else
            await ErrorAnswer.WriteAsync(http.Response, error ?? NotFound, http.RequestAborted);
    }

    private RouterError NotFound => new(RouterErrorCode.NotFound, records.IsOn
        ? "There is no record of such a request. Records appear a few seconds after a request ends, and go after the days the configuration keeps them."
        : "This router keeps no records of requests. Whoever runs it sets records.keepDays in its configuration.");
}
