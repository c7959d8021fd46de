using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Wire;

/// <summary>Writes a small JSON document as a whole answer.</summary>
internal static class JsonAnswer
{
    public const string ContentType = "application/json";

    /// <summary>A HEAD request gets the headers alone.</summary>
    public static async ValueTask WriteAsync(HttpResponse response, int status, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            await response.BodyWriter.WriteAsync(body, cancellationToken);
    }
}
