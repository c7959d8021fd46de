using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A bare socket server for what no HTTP server would send; each connection runs a script, and is closed when the script ends.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<RawConnection, Task>> _next = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Tally _accepted = new("a connection accepted");
    private readonly Func<RawConnection, Task> _default;
    private readonly Task _accepting;

    private RawUpstream(Func<RawConnection, Task> script)
    {
        _default = script;
        _listener.Start();
        BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri BaseAddress { get; }

    /// <summary>The same port as https, for scripts that spoil the handshake.</summary>
    public Uri TlsAddress => new UriBuilder(BaseAddress) { Scheme = Uri.UriSchemeHttps }.Uri;

    public int Connections => _accepted.Count;

    /// <summary>Starts a server that runs <paramref name="script"/> on every connection for which nothing else was enqueued.</summary>
    public static RawUpstream Start(Func<RawConnection, Task> script) => new(script);

    /// <summary>Enqueues a script for one connection.</summary>
    public void Next(Func<RawConnection, Task> script) => _next.Enqueue(script);

    public Task WaitForConnectionAsync(int count = 1) => _accepted.WaitForAsync(count);

    /// <summary>Ends all connections; a script that failed of its own accord fails here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Patience.WaitAsync(Task.WhenAll(_connections), static () => "the scripts of the connections to end");
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                socket.NoDelay = true;
                var script = _next.TryDequeue(out var next) ? next : _default;
                _accepted.Add();
                _connections.Add(RunAsync(script, socket));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RunAsync(Func<RawConnection, Task> script, Socket socket)
    {
        using (socket)
        {
            try
            {
                await script(new RawConnection(socket, _stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or EndOfStreamException)
            {
                // The client hung up or the server is stopping; both are for the test to look at from the other end.
            }
        }
    }
}
