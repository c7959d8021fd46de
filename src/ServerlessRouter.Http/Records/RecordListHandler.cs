using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Lists what became of requests, newest first.</summary>
internal sealed class RecordListHandler(BooksGate gate, RecordReader records, TimeProvider time) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        RecordQuery? query = null;
        if ((view.Error ?? RecordQueryReader.Read(http.Request, time.GetUtcNow(), view.Key, out query)) is { } error)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var (page, notNow) = await records.ReadAsync(query!, http.RequestAborted);
        if (notNow is not null)
        {
            await ErrorAnswer.WriteAsync(http.Response, notNow, http.RequestAborted);
            return;
        }

        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, page!, static (writer, page) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var record in page.Records)
                writer.WriteRawValue(record.Json, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteBoolean("has_more"u8, page.Next is not null);
            writer.WriteString("next"u8, page.Next?.ToString());
            writer.WriteEndObject();
        });
    }
}
