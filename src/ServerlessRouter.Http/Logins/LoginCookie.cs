using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Logins;

/// <summary>The cookie of a session: no script reads it, no page from elsewhere makes a browser send it, and over https no other connection carries it.</summary>
internal static class LoginCookie
{
    private const string Name = "router-session";

    // A browser takes a cookie of such a name from a secure connection of this very host alone, so that no neighbour can set one.
    private const string SecurePrefix = "__Host-";
    private const string ForwardedScheme = "X-Forwarded-Proto";

    /// <summary>The token that a request carries; false where there is none, or no well-formed one.</summary>
    public static bool TryRead(HttpRequest request, bool isAlwaysSecure, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LoginToken? token)
    {
        var name = NameOf(request);
        // Over https the plain name counts for nothing: a neighbour, or who answers for this host over http, can set it.
        return LoginToken.TryParse(request.Cookies[SecurePrefix + name], out token) || (!isAlwaysSecure && !IsSecure(request) && LoginToken.TryParse(request.Cookies[name], out token));
    }

    /// <summary>Gives a browser the cookie.</summary>
    public static void Write(HttpContext http, LoginToken token, bool isAlwaysSecure)
    {
        var isSecure = isAlwaysSecure || IsSecure(http.Request);
        http.Response.Cookies.Append((isSecure ? SecurePrefix : "") + NameOf(http.Request), token.ToCookie(), Options(isSecure, LoginBook.Life));
    }

    /// <summary>Takes it away again.</summary>
    public static void Erase(HttpContext http)
    {
        var name = NameOf(http.Request);
        if (http.Request.Cookies.ContainsKey(name))
            http.Response.Cookies.Append(name, "", Options(isSecure: false, TimeSpan.Zero));
        if (http.Request.Cookies.ContainsKey(SecurePrefix + name))
            http.Response.Cookies.Append(SecurePrefix + name, "", Options(isSecure: true, TimeSpan.Zero));
    }

    /// <summary>Cookies do not tell ports apart, so routers on two ports of a machine would end each other's sessions.</summary>
    private static string NameOf(HttpRequest request) => request.Host.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{Name}-{port}") : Name;

    // What a proxy says of the connection before it is believed: a client that lies makes its own cookie stricter, and nothing else.
    private static bool IsSecure(HttpRequest request) => request.IsHttps || request.Headers[ForwardedScheme].ToString().StartsWith("https", StringComparison.OrdinalIgnoreCase);

    private static CookieOptions Options(bool isSecure, TimeSpan life) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = isSecure, Path = "/", MaxAge = life, IsEssential = true };
}
