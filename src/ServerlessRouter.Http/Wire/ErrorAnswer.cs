using System.Globalization;
using Microsoft.AspNetCore.Http;
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

        var body = error.Refusal is { Body.IsEmpty: false } refusal ? refusal.Body : ErrorBody.Of(error);
        return JsonAnswer.WriteAsync(response, error.Status, body, cancellationToken);
    }

    private static string RoundUp(double value) => ((long)Math.Ceiling(Math.Max(0, value))).ToString(CultureInfo.InvariantCulture);
}
