using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Wire;

/// <summary>Answers with comma-separated values.</summary>
internal static class CsvAnswer
{
    private const string MediaType = "text/csv";

    /// <summary>Whether <c>Accept</c> names them first.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept is [{ MediaType: { } first }, ..] && first.Equals(MediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>A HEAD request gets the headers alone.</summary>
    public static async ValueTask WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(text);
        (response.StatusCode, response.ContentType, response.ContentLength) = (StatusCodes.Status200OK, CsvCells.ContentType, body.Length);
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            await response.BodyWriter.WriteAsync(body, cancellationToken);
    }
}
