using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A caller's server: keeps what it is told and answers with the statuses a test lists, then 200.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Queue<int> _statuses = new();
    private readonly List<WebhookCall> _calls = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private readonly X509Certificate2? _certificate;

    public WebhookReceiver(params int[] statuses) : this(null, statuses)
    {
    }

    /// <summary>Speaks TLS with the certificate.</summary>
    public WebhookReceiver(X509Certificate2? certificate, params int[] statuses)
    {
        _certificate = certificate;
        foreach (var status in statuses)
            _statuses.Enqueue(status);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<WebhookCall> Calls => _calls;

    /// <summary>Connections that came, with or without a call.</summary>
    public int Connections { get; private set; }

    /// <summary>Ends what is under way too: a client may have connected and say nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Record.ExceptionAsync(() => _serving);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
            await using var stream = await OpenAsync(connection);
            if (stream is null)
                continue;
            WebhookCall call;
            try
            {
                call = await ReadAsync(stream);
            }
            catch (IOException)
            {
                // In TLS 1.3 a client that refuses the certificate leaves after this end was content.
                continue;
            }

            _calls.Add(call);
            var status = _statuses.TryDequeue(out var next) ? next : 200;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
        }
    }

    /// <summary>Null when the client did not like the certificate.</summary>
    private async Task<Stream?> OpenAsync(TcpClient connection)
    {
        Connections++;
        if (_certificate is null)
            return connection.GetStream();
        var secure = new SslStream(connection.GetStream());
        try
        {
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            return secure;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            await secure.DisposeAsync();
            return null;
        }
    }

    private async Task<WebhookCall> ReadAsync(Stream stream)
    {
        var received = new List<byte>();
        var one = new byte[1];
        while (received.Count < 4 || !received[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            received.Add(one[0]);
        }

        var head = Encoding.ASCII.GetString([.. received]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(static line => line.Split(": ", 2)).ToDictionary(static parts => parts[0], static parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(head["Content-Length"])];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new WebhookCall(head, body);
    }
}
