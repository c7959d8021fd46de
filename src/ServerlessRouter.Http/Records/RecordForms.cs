using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>The forms that records are told in: a page, or many at once for a spreadsheet or a program that reads line by line.</summary>
internal static class RecordForms
{
    public const string Json = "json";
    private const string Csv = "csv";
    private const string JsonLines = "jsonl";
    private const string LinesType = "application/jsonl";

    /// <summary>Pages that one answer is put together from, whether they hold anything or not.</summary>
    private const int MaxPages = 50;
    private const int RecordsAtOnce = 200;

    /// <summary>Null and the form that is asked for, by <c>format</c> or by <c>Accept</c>; or what is wrong.</summary>
    public static RouterError? Read(HttpRequest request, out string form)
    {
        var written = QueryParameters.Text(request, "format");
        form = written ?? (request.Headers.Accept.ToString().StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) ? Csv : Json);
        return form is Json or Csv or JsonLines ? null : RouterError.InvalidRequest($"'format' must be {Json}, {Csv} or {JsonLines}.", "format");
    }

    /// <summary>Answers with up to as many records as the query says; where there are more, <c>Link</c> leads to them.</summary>
    public static async ValueTask ExportAsync(HttpContext http, string form, RecordReader records, RecordQuery query)
    {
        var (found, after) = (new List<RequestRecord>(), query.After);
        for (var pages = 0; pages < MaxPages && found.Count < query.Limit; pages++)
        {
            var (page, error) = await records.ReadAsync(query with { After = after, Limit = Math.Min(RecordsAtOnce, query.Limit - found.Count) }, http.RequestAborted);
            if (error is not null)
            {
                await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
                return;
            }

            found.AddRange(page!.Records);
            after = page.Next;
            if (after is null)
                break;
        }

        var response = http.Response;
        if (after is not null)
            response.Headers.Link = $"<{Next(http.Request, after)}>; rel=\"next\"";
        var body = form == Csv ? RecordTable.Write(found) : Encoding.UTF8.GetBytes(string.Concat(found.Select(static record => record.Json + "\n")));
        response.ContentType = form == Csv ? CsvCells.ContentType : LinesType;
        response.ContentLength = body.Length;
        response.Headers.ContentDisposition = $"attachment; filename=\"requests.{form}\"";
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static string Next(HttpRequest request, RecordCursor after) => $"{request.Path}{QueryString.Create(request.Query.Where(static each => each.Key != "after").Append(new("after", after.ToString())))}";
}
