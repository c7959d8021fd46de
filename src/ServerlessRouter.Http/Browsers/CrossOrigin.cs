using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Browsers;

/// <summary>
/// Says which web pages may read an answer (CORS, the Fetch standard). With keys that is every page: a key travels in a header that the page must know, never in a cookie that a
/// browser adds. Without keys it is pages of this machine alone. <c>server.cors.origins</c> narrows both.
/// </summary>
internal static class CrossOrigin
{
    private const string Every = "*";

    private static readonly StringValues ExposedHeaders = string.Join(", ", RouterHeaders.Exposed);

    /// <summary>Writes what a browser must know, errors and streams included; or says why the request is refused.</summary>
    public static RouterError? Admit(HttpContext http, RouterModel router, PageAccess access)
    {
        var isKeyless = !router.HasKeys;
        if (isKeyless && !router.ServesNoCaller && access != PageAccess.Anyone && ForeignRequest.Find(http.Request) is { } foreign)
            return foreign;
        if (access == PageAccess.Admin)
            return null;

        var (origin, headers) = (http.Request.Headers.Origin, http.Response.Headers);
        var dependsOnOrigin = isKeyless || router.CorsOrigins is not null;
        // What is posted is kept by no cache.
        if (dependsOnOrigin && (origin.Count > 0 || !HttpMethods.IsPost(http.Request.Method)))
            headers.Vary = HeaderNames.Origin;
        if (origin.Count == 0 || (dependsOnOrigin && !IsListed(router, origin, isKeyless)))
            return null;
        headers.AccessControlAllowOrigin = dependsOnOrigin ? origin : Every;
        headers.AccessControlExposeHeaders = ExposedHeaders;
        return null;
    }

    private static bool IsListed(RouterModel router, string? origin, bool isKeyless) =>
        WebOrigin.Parse(origin) is { } page && (page.IsOfThisMachine || !isKeyless) && router.CorsOrigins?.Contains(page.Text) != false;
}
