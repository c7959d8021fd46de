using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Browsers;

/// <summary>Tells requests of the router's own pages from those that another page had a browser send, where a cookie says who asks.</summary>
internal static class SameOrigin
{
    private const string FetchSite = "Sec-Fetch-Site";
    private const string ForwardedHost = "X-Forwarded-Host";

    /// <summary>Null for a page of this router, an address that was typed, and a program.</summary>
    public static RouterError? Find(HttpRequest request)
    {
        // What the browser says by itself, which no proxy on the way can make wrong; browsers leave it out where the connection is not secure.
        var site = request.Headers[FetchSite];
        if (site.Count > 0)
            return site == "same-origin" || site == "none" ? null : Refusal;
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return null;
        return Uri.TryCreate(origin, UriKind.Absolute, out var page) && (IsHost(page, request.Host.Value) || IsHost(page, request.Headers[ForwardedHost])) ? null : Refusal;
    }

    private static bool IsHost(Uri page, string? host) => host is { Length: > 0 } && Uri.TryCreate($"{page.Scheme}://{host}", UriKind.Absolute, out var own) && own.Authority.Equals(page.Authority, StringComparison.OrdinalIgnoreCase);

    private static RouterError Refusal => new(
        RouterErrorCode.PermissionDenied, "This request comes from a page that is none of this router's, and a session of the dashboard counts for its own pages only. Programs and other pages send a key.");
}
