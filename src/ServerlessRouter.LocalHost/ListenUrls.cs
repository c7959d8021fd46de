namespace ServerlessRouter.LocalHost;

/// <summary>Where the addresses to listen on come from: <c>--urls</c>, else the variables that every ASP.NET program knows, else this machine alone.</summary>
/// <param name="Text">Addresses separated by semicolons.</param>
/// <param name="Source">The option or variable that says so, for messages.</param>
internal sealed record ListenUrls(string Text, string Source)
{
    public const string Option = "--urls";

    private const string UrlsVariable = "ASPNETCORE_URLS";
    private const string PortsVariable = "ASPNETCORE_HTTP_PORTS";
    private const string SecurePortsVariable = "ASPNETCORE_HTTPS_PORTS";

    /// <summary>The first that says something.</summary>
    /// <param name="given">What stands behind <c>--urls</c>; null where it was left out.</param>
    /// <param name="hasCertificate">Whether TLS can be served, on ports named for it or where nothing is named.</param>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    public static ListenUrls Of(string? given, bool hasCertificate, Func<string, string?> variable)
    {
        if (given is not null)
            return new ListenUrls(given, Option);
        if (variable(UrlsVariable) is { } urls && !string.IsNullOrWhiteSpace(urls))
            return new ListenUrls(urls, UrlsVariable);
        if (hasCertificate && UrlsOf(Uri.UriSchemeHttps, variable(SecurePortsVariable)) is { Length: > 0 } secure)
            return new ListenUrls(secure, SecurePortsVariable);
        if (UrlsOf(Uri.UriSchemeHttp, variable(PortsVariable)) is { Length: > 0 } plain)
            return new ListenUrls(plain, PortsVariable);
        return new ListenUrls(hasCertificate ? LocalRouterOptions.DefaultSecureUrl : LocalRouterOptions.DefaultUrl, Option);
    }

    private static string UrlsOf(string scheme, string? ports) =>
        string.Join(';', (ports ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}"));
}
