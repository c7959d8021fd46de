using System.Collections.Concurrent;
using System.Net;

namespace ServerlessRouter.Providers;

/// <summary>One pool of connections for each upstream server, kept for the life of the process: a reload of the configuration closes no running call.</summary>
internal sealed class UpstreamConnections : IDisposable
{
    /// <summary>A server that does not accept by then counts as down.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Connections are renewed so that changes of DNS are followed.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Shorter than the idle limits of common load balancers, so that a reused connection is rarely dead.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(55);

    // A finished stream only lacks its closing chunk: that much is read so that the connection can be used again. One that was abandoned is closed.
    private const int MostDrainedBytes = 1024;
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMilliseconds(250);
    private const int MostHeaderKilobytes = 64;

    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _byServer = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The pool of the server an address names.</summary>
    public HttpMessageInvoker For(Uri address) => _byServer.GetOrAdd(address.GetLeftPart(UriPartial.Authority), static _ => Create());

    public void Dispose()
    {
        foreach (var invoker in _byServer.Values)
            invoker.Dispose();
    }

    private static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        // Asking for compression costs time to the first token; what comes compressed unasked is decompressed in UpstreamBody.
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        PooledConnectionIdleTimeout = IdleTimeout,
        MaxResponseDrainSize = MostDrainedBytes,
        ResponseDrainTimeout = LongestDrain,
        MaxResponseHeadersLength = MostHeaderKilobytes,
    });
}
