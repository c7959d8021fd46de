using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Dashboard;

/// <summary>Serves the dashboard's page and what it loads. They are the same for every router and tell nothing of it, so no key is asked for.</summary>
internal sealed class DashboardPages(RouterModelSource models)
{
    /// <summary>The page takes everything from its own origin and no script or style from its text, so that nothing that it shows can become one.</summary>
    private const string Policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

    private readonly Lazy<FrozenDictionary<string, DashboardFile>> _files = new(DashboardFiles.Read);

    /// <summary>The page. What it shows stands behind the <c>#</c> of its URL, which no server sees, so it is the only one.</summary>
    public ValueTask GetPageAsync(HttpContext http)
    {
        if (!models.Current.HasDashboard)
            return ErrorAnswer.WriteAsync(http.Response, Off, http.RequestAborted);
        // What the page loads stands beside it by its URL, and not below it.
        if (http.Request.Path.Value?.EndsWith('/') == true)
        {
            http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            http.Response.Headers.Location = "../dashboard";
            return default;
        }

        return SendAsync(http, _files.Value[DashboardFiles.Page]);
    }

    /// <summary>A file that the page loads.</summary>
    public ValueTask GetFileAsync(HttpContext http)
    {
        var name = http.Request.RouteValues[EndpointPatterns.File] as string ?? "";
        if (models.Current.HasDashboard && _files.Value.TryGetValue(name, out var file))
            return SendAsync(http, file);
        return ErrorAnswer.WriteAsync(http.Response, models.Current.HasDashboard ? NoFile : Off, http.RequestAborted);
    }

    /// <summary>What is told where the configuration has no dashboard.</summary>
    public static RouterError Off => new(RouterErrorCode.NotFound, "This router's dashboard is switched off: its configuration says 'dashboard': false.");

    private static RouterError NoFile => new(RouterErrorCode.NotFound, "The dashboard has no such file. The page itself is at /dashboard.");

    private static async ValueTask SendAsync(HttpContext http, DashboardFile file)
    {
        var (request, response) = (http.Request, http.Response);
        var form = file.In(Takes(request, "br"), Takes(request, "gzip"));
        var headers = response.Headers;
        headers.ETag = form.Tag;
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (IsKept(request, form.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.MediaType;
        response.ContentLength = form.Content.Length;
        if (form.Coding is { } coding)
            headers.ContentEncoding = coding;
        if (!HttpMethods.IsHead(request.Method))
            await response.BodyWriter.WriteAsync(form.Content, http.RequestAborted);
    }

    private static bool Takes(HttpRequest request, string coding) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var taken)
        && taken.Any(entry => entry.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && entry.Quality != 0);

    private static bool IsKept(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var kept) && kept.Any(entry => entry.Tag == tag || entry.Tag == "*");
}
