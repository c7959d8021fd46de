using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A port of this machine that refuses every connection, and that no other process can take meanwhile.</summary>
public sealed class RefusedEndpoint : IDisposable
{
    // Bound but never listening: the system answers each connection attempt with a reset.
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private RefusedEndpoint()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}/");
    }

    /// <summary>An address whose host name resolves nowhere (RFC 6761).</summary>
    public static Uri UnknownHost { get; } = new("http://upstream.invalid/");

    public Uri BaseAddress { get; }

    public static RefusedEndpoint Reserve() => new();

    public void Dispose() => _socket.Dispose();
}
