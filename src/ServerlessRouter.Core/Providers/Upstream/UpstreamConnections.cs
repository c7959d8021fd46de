using System.Collections.Concurrent;
using System.Net;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>One pool of connections for each upstream server, kept for the life of the process: a reload of the configuration closes no running call.</summary>
internal sealed class UpstreamConnections(EnvironmentProxies environment, TimeProvider time) : IDisposable
{
    /// <summary>A server that does not accept by then counts as down.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Connections are renewed so that changes of DNS are followed.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Shorter than the idle limits of common load balancers, so that a reused connection is rarely dead.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(55);

    // A finished stream only lacks its closing chunk: that much is read so that the connection can be used again. One that was abandoned is closed.
    private const int MaxDrainedBytes = 1024;
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(250);
    private const int MaxHeaderKilobytes = 64;

    private readonly ConcurrentDictionary<Way, HttpMessageInvoker> _byWay = new();

    /// <summary>A server, the proxy in front of it, and whether a connection serves more than one call.</summary>
    private readonly record struct Way(string Server, Uri? Proxy, bool IsKept);

    /// <summary>The pool of the server an address names, as its provider wants it reached.</summary>
    public HttpMessageInvoker For(Uri address, ProxyChoice choice) => Find(address, choice, isKept: true);

    /// <summary>Opens a connection for each call, and keeps none: for a call whose kept connection was dead, as its neighbours in the pool may be.</summary>
    public HttpMessageInvoker FreshFor(Uri address, ProxyChoice choice) => Find(address, choice, isKept: false);

    /// <summary>The proxy that stands in front of an address; null for none.</summary>
    public Uri? ProxyOf(Uri address, ProxyChoice choice) => choice switch
    {
        ProxyChoice.None => null,
        ProxyChoice.At(var chosen) => chosen,
        _ => environment.For(address),
    };

    public void Dispose()
    {
        foreach (var invoker in _byWay.Values)
            invoker.Dispose();
    }

    private HttpMessageInvoker Find(Uri address, ProxyChoice choice, bool isKept) => _byWay.GetOrAdd(
        new Way(address.GetLeftPart(UriPartial.Authority).ToLowerInvariant(), ProxyOf(address, choice), isKept),
        static (way, owner) => owner.Create(way.Proxy, way.IsKept ? ConnectionLifetime : TimeSpan.Zero), this);

    private HttpMessageInvoker Create(Uri? proxy, TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        UseProxy = proxy is not null,
        Proxy = proxy is null ? null : Through(proxy),
        UseCookies = false,
        AllowAutoRedirect = false,
        // Asking for compression costs time to the first token; what comes compressed unasked is decompressed in UpstreamBody.
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = lifetime,
        PooledConnectionIdleTimeout = IdleTimeout,
        MaxResponseDrainSize = MaxDrainedBytes,
        ResponseDrainTimeout = MaxDrainTime,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        PlaintextStreamFilter = (connection, _) => new(new KeptConnection(connection.PlaintextStream, time)),
    });

    private static WebProxy Through(Uri proxy)
    {
        var through = new WebProxy(new UriBuilder(proxy) { UserName = "", Password = "" }.Uri);
        if (proxy.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var password])
            through.Credentials = new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password.FirstOrDefault() ?? ""));
        return through;
    }
}
