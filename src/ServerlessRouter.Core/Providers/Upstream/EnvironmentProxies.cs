using System.Net;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>The proxies that environment variables name, read once: <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and what <c>NO_PROXY</c> leaves out.</summary>
/// <remarks>
/// Small letters win, as in curl. <c>NO_PROXY</c> is read as Go reads it, the widest of the customs: a name also means what is below it, with or without a leading dot or <c>*.</c>; an
/// address, a network (<c>10.0.0.0/8</c>), each with a port if need be; <c>*</c> means all. This machine's own addresses are always called straight.
/// </remarks>
internal sealed class EnvironmentProxies
{
    private readonly Uri? _https;
    private readonly Uri? _http;
    private readonly ProxyExceptions _exceptions;
    private readonly List<string> _unreadable = [];

    private EnvironmentProxies(Func<string, string?> lookup)
    {
        var all = Read("ALL_PROXY", lookup);
        _https = Read("HTTPS_PROXY", lookup) ?? all;
        _http = Read("HTTP_PROXY", lookup) ?? all;
        _exceptions = new ProxyExceptions(Written("NO_PROXY", lookup) ?? "");
    }

    /// <summary>Variables whose value is no address of a proxy, and which count as not set.</summary>
    public IReadOnlyList<string> Unreadable => _unreadable;

    /// <summary>Reads the variables of this process.</summary>
    public static EnvironmentProxies OfProcess() => new(Environment.GetEnvironmentVariable);

    /// <summary>Reads variables from elsewhere.</summary>
    public static EnvironmentProxies Read(Func<string, string?> lookup) => new(lookup);

    /// <summary>The proxy for an address; null where it is called straight.</summary>
    public Uri? For(Uri address)
    {
        var proxy = address.Scheme == Uri.UriSchemeHttps ? _https : _http;
        return proxy is null || address.IsLoopback || IsLoopbackNumber(address) || _exceptions.Hold(address) ? null : proxy;
    }

    // 127.0.0.2 is this machine too, which Uri does not say.
    private static bool IsLoopbackNumber(Uri address) => IPAddress.TryParse(address.DnsSafeHost, out var number) && IPAddress.IsLoopback(number);

    private Uri? Read(string name, Func<string, string?> lookup)
    {
        if (Written(name, lookup) is not { } written)
            return null;
        var address = ProxyChoice.ParseAddress(written);
        if (address is null)
            _unreadable.Add(name);
        return address;
    }

    private static string? Written(string name, Func<string, string?> lookup)
    {
        var value = lookup(name.ToLowerInvariant());
        if (string.IsNullOrWhiteSpace(value))
            value = lookup(name);
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}
