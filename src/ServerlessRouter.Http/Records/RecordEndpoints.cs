using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>What became of requests.</summary>
internal sealed class RecordEndpoints(BooksGate gate, RecordReader records, TimeProvider time)
{
    private readonly RecordExport _export = new(records, time);

    /// <summary>Lists it, newest first.</summary>
    public async ValueTask ListAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        RecordQuery? query = null;
        var form = RecordForms.Json;
        if ((view.Error ?? RecordForms.Read(http.Request, out form) ?? RecordQueryReader.Read(http.Request, time.GetUtcNow(), view.Key, RecordQueryReader.MaxLimitOf(form != RecordForms.Json), out query)) is { } error)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        if (form != RecordForms.Json)
        {
            await _export.AnswerAsync(http, form, query!);
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

    /// <summary>Tells it of one request.</summary>
    public async ValueTask GetAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        var id = PathName.Of(http.Request, EndpointPatterns.Id);
        var (found, error) = view.Error is { } refusal ? new RecordReading<RequestRecord>(null, refusal) : await records.FindAsync(id, view.Key, http.RequestAborted);
        if (found is not null)
            await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(found.Json), http.RequestAborted);
        else
            await ErrorAnswer.WriteAsync(http.Response, error ?? NotFound(records), http.RequestAborted);
    }

    /// <summary>Why there is nothing to tell.</summary>
    public static RouterError NotFound(RecordReader records) => new(RouterErrorCode.NotFound, records.IsOn
        ? "There is no record of such a request. Records appear a few seconds after a request ends, and go after the days the configuration keeps them."
        : "This router keeps no records of requests. Its owner sets records.keepDays in its configuration.");
}
