using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>One connection to a <see cref="RawUpstream"/>, in the hands of the test.</summary>
public sealed class RawConnection
{
    private readonly Socket _socket;
    private readonly CancellationToken _stopping;

    internal RawConnection(Socket socket, CancellationToken stopping) => (_socket, _stopping) = (socket, stopping);

    /// <summary>Reads one HTTP request with a Content-Length, and returns its bytes.</summary>
    public async Task<byte[]> ReadRequestAsync()
    {
        var received = new List<byte>();
        var buffer = new byte[8192];
        var needed = int.MaxValue;
        while (received.Count < needed)
        {
            var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, _stopping);
            if (count == 0)
                throw new EndOfStreamException($"The client closed the connection after {received.Count} bytes of its request.");
            received.AddRange(buffer.AsSpan(0, count));
            if (needed == int.MaxValue)
                needed = LengthOf(Encoding.Latin1.GetString([.. received]));
        }
        return [.. received];
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, _stopping)..];
    }

    /// <summary>Each byte in a packet of its own.</summary>
    public async Task SendByteByByteAsync(string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
            await SendAsync(new[] { value });
    }

    public Task PassAsync(Gate gate) => gate.PassAsync(_stopping);

    /// <summary>Sends no more (FIN).</summary>
    public void Close() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>Waits until the client has closed the connection, or reset it.</summary>
    public async Task WaitForCloseAsync()
    {
        var buffer = new byte[8192];
        try
        {
            while (await _socket.ReceiveAsync(buffer, SocketFlags.None, _stopping) > 0)
            {
            }
        }
        catch (SocketException)
        {
        }
    }

    private static int LengthOf(string received)
    {
        const string ContentLength = "\r\ncontent-length:";
        var headerEnd = received.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (headerEnd < 0)
            return int.MaxValue;
        var at = received.IndexOf(ContentLength, 0, headerEnd, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return headerEnd + 4;
        var valueStart = at + ContentLength.Length;
        var valueEnd = received.IndexOf("\r\n", valueStart, StringComparison.Ordinal);
        return headerEnd + 4 + int.Parse(received.AsSpan(valueStart, valueEnd - valueStart), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
