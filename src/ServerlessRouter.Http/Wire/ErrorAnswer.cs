using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Doors;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;

namespace ServerlessRouter.Http.Wire;

/// <summary>Writes an error as a whole answer: status, headers that tell a client when to come back, and the body.</summary>
internal static class ErrorAnswer
{
    public static ValueTask WriteAsync(HttpResponse response, RouterError error, CancellationToken cancellationToken)
    {
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = RoundUp(wait.TotalSeconds);
            response.Headers[RouterHeaders.RetryAfterMilliseconds] = RoundUp(wait.TotalMilliseconds);
        }

        if (!error.ShouldRetry)
            response.Headers[RouterHeaders.ShouldRetry] = "false";
        if (error.Code == RouterErrorCode.InvalidApiKey)
            response.Headers.WWWAuthenticate = "Bearer";
        if (error.Code == RouterErrorCode.UnsupportedMediaType)
            response.Headers.AcceptEncoding = ContentCoding.Taken;

        if (DoorOfRequest.Find(response.HttpContext) is { } door)
            return WriteAsync(response, door, error, cancellationToken);
        var body = error.Refusal is { Body.IsEmpty: false } refusal ? refusal.Body : ErrorBody.Of(error);
        return JsonAnswer.WriteAsync(response, error.Status, body, cancellationToken);
    }

    private static ValueTask WriteAsync(HttpResponse response, ApiDoor door, RouterError error, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(512);
        door.WriteError(door.InOwnWords(error), response.HttpContext.TraceIdentifier, output);
        return JsonAnswer.WriteAsync(response, door.StatusOf(error), output.WrittenMemory, cancellationToken);
    }

    private static string RoundUp(double value) => ((long)Math.Ceiling(Math.Max(0, value))).ToString(CultureInfo.InvariantCulture);
}
