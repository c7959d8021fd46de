using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Wire;

/// <summary>Reads a name from a request's path.</summary>
internal static class PathName
{
    /// <summary>The id in the path of a thing whose ids have no slashes.</summary>
    public static string IdOf(HttpContext http) => http.Request.RouteValues[EndpointPatterns.Id] as string ?? "";

    /// <summary>Servers decode everything but an escaped slash, and clients escape the slashes of names.</summary>
    public static string Of(HttpRequest request, string parameter)
    {
        var name = request.RouteValues[parameter] as string ?? "";
        return name.Contains('%', StringComparison.Ordinal) ? name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) : name;
    }
}
