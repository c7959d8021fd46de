using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A caller's server: keeps what it is told and answers with the statuses a test lists, then 200.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Queue<int> _statuses = new();
    private readonly List<WebhookCall> _calls = [];
    private readonly Task _serving;

    public WebhookReceiver(params int[] statuses)
    {
        foreach (var status in statuses)
            _statuses.Enqueue(status);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<WebhookCall> Calls => _calls;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await Record.ExceptionAsync(() => _serving);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var connection = await _listener.AcceptTcpClientAsync();
            await using var stream = connection.GetStream();
            var (head, body) = await ReadAsync(stream);
            _calls.Add(new WebhookCall(head, body));
            var status = _statuses.TryDequeue(out var next) ? next : 200;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        }
    }

    private static async Task<(Dictionary<string, string> Head, byte[] Body)> ReadAsync(NetworkStream stream)
    {
        var received = new List<byte>();
        var one = new byte[1];
        while (received.Count < 4 || !received[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one);
            received.Add(one[0]);
        }

        var head = Encoding.ASCII.GetString([.. received]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(static line => line.Split(": ", 2)).ToDictionary(static parts => parts[0], static parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(head["Content-Length"])];
        await stream.ReadExactlyAsync(body);
        return (head, body);
    }
}
