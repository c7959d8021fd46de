using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Reference;

/// <summary>Describes what the router serves, for programs and for people; nothing in it depends on the configuration, so no key is asked for.</summary>
/// <param name="endpoints">The table; read when the first request comes, and only then.</param>
internal sealed class ReferenceEndpoints(Func<IEnumerable<DescribedEndpoint>> endpoints)
{
    private readonly Lazy<ReadOnlyMemory<byte>> _document = new(() => ReferenceDocument.Compose(endpoints()));
    private readonly Lazy<ReferencePage> _page = new(ReferencePage.Read);

    /// <summary>The OpenAPI document.</summary>
    public ValueTask GetDocumentAsync(HttpContext http) => JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, _document.Value, http.RequestAborted);

    /// <summary>The page that shows it.</summary>
    public async ValueTask GetPageAsync(HttpContext http)
    {
        var (response, page) = (http.Response, _page.Value);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Content.Length;
        response.Headers.ContentSecurityPolicy = page.Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.BodyWriter.WriteAsync(page.Content, http.RequestAborted);
    }
}
