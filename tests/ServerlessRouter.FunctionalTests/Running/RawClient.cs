using System.Net.Sockets;
using System.Text;
using ServerlessRouter.Testing;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A client on a bare socket, for what no HTTP client would send or leave unread.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient _client;

    private RawClient(TcpClient client) => _client = client;

    public static async Task<RawClient> ConnectAsync(Uri address, int? receiveBufferBytes = null)
    {
        var client = new TcpClient { NoDelay = true };
        if (receiveBufferBytes is { } bytes)
            client.ReceiveBufferSize = bytes;
        await client.ConnectAsync(address.Host, address.Port);
        return new RawClient(client);
    }

    public Task SendAsync(string text) => _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    /// <summary>Sends a chat request whole.</summary>
    public Task SendChatAsync(byte[] body) =>
        SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{Encoding.UTF8.GetString(body)}");

    /// <summary>Everything up to the server's end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var received = new MemoryStream();
        try
        {
            using var patience = new CancellationTokenSource(Patience.Limit, TimeProvider.System);
            await _client.GetStream().CopyToAsync(received, patience.Token);
        }
        catch (IOException)
        {
            // A reset behind the answer is an end as well.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    /// <summary>Reads until <paramref name="text"/> has come.</summary>
    public async Task ReadUntilAsync(string text)
    {
        var received = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(Patience.Limit, TimeProvider.System);
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await _client.GetStream().ReadAsync(buffer, patience.Token);
            if (count == 0)
                throw new EndOfStreamException($"The server closed before '{text}' came; it sent: {received}");
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }

    /// <summary>Resets the connection (RST) instead of closing it.</summary>
    public void Reset() => _client.Client.Close(timeout: 0);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }
}
