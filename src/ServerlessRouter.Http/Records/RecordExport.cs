using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Background;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Tells many records at once, for a spreadsheet or a program that reads line by line. A few exports go on at a time, each of a bounded size, so that they leave the memory to requests.</summary>
internal sealed class RecordExport(RecordReader records, TimeProvider time)
{
    /// <summary>Exports at a time, fewer than readings of records, so that some are left for those who look at a page.</summary>
    public const int MaxAtATime = 2;

    /// <summary>An answer that has come to this ends with the page it is at.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Pages that one answer is put together from, whether they hold anything or not.</summary>
    private const int MaxPages = 50;
    private const int RecordsAtOnce = 100;
    private const string LinesType = "application/jsonl";

    /// <summary>How long an export waits for others to end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a caller may take to receive its answer: twice what a line of two megabits a second takes for the largest.</summary>
    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromMinutes(1);

    private readonly ReadLimiter _places = new(MaxAtATime, Patience, time);

    /// <summary>Answers with up to as many records as the query says; where there are more, <c>Link</c> leads to them.</summary>
    public async ValueTask AnswerAsync(HttpContext http, string form, RecordQuery query)
    {
        if (!await _places.TryTakeAsync(http.RequestAborted))
        {
            var error = new RouterError(RouterErrorCode.TemporarilyUnavailable, $"{MaxAtATime} others are exporting records, which is as many as may at a time. Try again shortly.") { RetryAfter = ReadLimiter.RetryAfter };
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        try
        {
            await AnswerInPlaceAsync(http, form, query);
        }
        finally
        {
            _places.Leave();
        }
    }

    private async ValueTask AnswerInPlaceAsync(HttpContext http, string form, RecordQuery query)
    {
        var (body, found, after) = (new ArrayBufferWriter<byte>(), 0, query.After);
        if (form == RecordForms.Csv)
            Encoding.UTF8.GetBytes(RecordTable.Head(), body);
        for (var pages = 0; pages < MaxPages && found < query.Limit && body.WrittenCount < MaxBytes; pages++)
        {
            var (page, error) = await records.ReadAsync(query with { After = after, Limit = Math.Min(RecordsAtOnce, query.Limit - found) }, http.RequestAborted);
            if (error is not null)
            {
                await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
                return;
            }

            foreach (var record in page!.Records)
                Encoding.UTF8.GetBytes(form == RecordForms.Csv ? RecordTable.Row(record) : record.Json + "\n", body);
            found += page.Records.Count;
            after = page.Next;
            if (after is null)
                break;
        }

        var response = http.Response;
        if (after is not null)
            response.Headers.Link = $"<{Next(http.Request, after)}>; rel=\"next\"";
        response.ContentType = form == RecordForms.Csv ? CsvCells.ContentType : LinesType;
        response.ContentLength = body.WrittenCount;
        response.Headers.ContentDisposition = $"attachment; filename=\"requests.{form}\"";
        if (!HttpMethods.IsHead(http.Request.Method))
            await SendAsync(http, body.WrittenMemory);
    }

    /// <summary>A caller that receives too slowly is let go, because others wait for its place.</summary>
    private async ValueTask SendAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        using var over = new CancellationTokenSource(ReceiveTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, http.RequestAborted);
        try
        {
            await http.Response.Body.WriteAsync(body, either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private static string Next(HttpRequest request, RecordCursor after) => $"{request.Path}{QueryString.Create(request.Query.Where(static each => each.Key != "after").Append(new("after", after.ToString())))}";
}
