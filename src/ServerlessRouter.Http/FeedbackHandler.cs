using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Takes a caller's grade of an answer it got.</summary>
internal sealed class FeedbackHandler(RouterModelSource models, RequestBodyReader bodies, IFeedback feedback)
{
    /// <summary>A grade and a name fit into a fraction of it.</summary>
    private static readonly BodyLimit Limit = new(16 * 1024);

    public async ValueTask HandleAsync(HttpContext http)
    {
        if (CallerIdentity.Find(models.Current, new HttpRequestHeaders(http.Request.Headers), out var caller) is { } unknownCaller)
        {
            await ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);
            return;
        }

        var body = await bodies.ReadAsync(http.Request, Limit, http.RequestAborted);
        if (body.Error is { } unread)
        {
            await ErrorAnswer.WriteAsync(http.Response, unread, http.RequestAborted);
            return;
        }

        var error = FeedbackBody.Read(body.Memory, out var requestId, out var grade);
        body.Return();
        if (error is null && feedback.Grade(requestId, caller?.Name, grade) is { } result)
            await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, Compose(requestId, result), http.RequestAborted);
        else
            await ErrorAnswer.WriteAsync(http.Response, error ?? Forgotten(requestId), http.RequestAborted);
    }

    private static RouterError Forgotten(string requestId) => new(
        RouterErrorCode.NotFound,
        $"No answer to a request '{requestId}' of this key is remembered here. Send the x-request-id of an answer soon after it: each instance remembers its latest few thousand until it restarts.")
    {
        Param = FeedbackBody.RequestId,
    };

    private static ReadOnlyMemory<byte> Compose(string requestId, FeedbackResult result)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteString("model"u8, result.Model);
        writer.WriteString("task"u8, result.Task?.ToWireName());
        writer.WriteString("effect"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Effect.ToString()));
        writer.WriteNumber("expected_quality"u8, result.Expected);
        writer.WriteStartObject("correction"u8);
        writer.WriteNumber("before"u8, result.Before);
        writer.WriteNumber("after"u8, result.After);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
