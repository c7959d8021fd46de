using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Http;

/// <summary>Lets a page read an answer that a host writes where no endpoint came to write it; without them a browser hides the error.</summary>
public static class PageHeaders
{
    /// <summary>Writes the CORS headers of the page that asks, where it may read what the path answers.</summary>
    public static void Write(HttpContext http, RouterModel router) => EndpointGuard.Admit(http, router, EndpointGuard.AccessTo(http.Request));
}
