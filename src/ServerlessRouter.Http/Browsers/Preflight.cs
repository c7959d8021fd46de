using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Browsers;

/// <summary>Answers a browser that asks whether a page may send what it wants to (the CORS preflight of the Fetch standard, and that of Private Network Access).</summary>
internal static class Preflight
{
    private const string RequestPrivateNetwork = "Access-Control-Request-Private-Network";
    private const string AllowPrivateNetwork = "Access-Control-Allow-Private-Network";
    private const string MaxAgeSeconds = "600";
    private const string Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

    public static bool IsAsked(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>
    /// Null, and the answer's headers written, for pages that may read the answer, which <see cref="CrossOrigin"/> has decided before. A page may also send what will be refused: it
    /// learns the reason from the answer itself, which no browser would show it here.
    /// </summary>
    public static RouterError? Answer(HttpContext http, PageAccess access)
    {
        var (request, headers) = (http.Request.Headers, http.Response.Headers);
        if (access == PageAccess.Admin)
            return new RouterError(RouterErrorCode.PermissionDenied, "Web pages may not call what only the admin may do. Call it from a program.");
        if (headers.AccessControlAllowOrigin.Count == 0)
            return new RouterError(RouterErrorCode.PermissionDenied, "Pages of this origin may not call this router: it is not among the server.cors.origins of its configuration.");

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Remove(HeaderNames.AccessControlExposeHeaders);
        headers.Vary = Vary;
        headers.AccessControlAllowMethods = request.AccessControlRequestMethod;
        // Not '*', which leaves Authorization out.
        if (request.AccessControlRequestHeaders is { Count: > 0 } wanted)
            headers.AccessControlAllowHeaders = wanted;
        headers.AccessControlMaxAge = MaxAgeSeconds;
        if (request[RequestPrivateNetwork] is [{ } asked] && asked.Equals("true", StringComparison.OrdinalIgnoreCase))
            headers[AllowPrivateNetwork] = "true";
        return null;
    }
}
