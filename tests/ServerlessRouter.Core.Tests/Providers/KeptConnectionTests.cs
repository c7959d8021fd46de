using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>What a connection says when it breaks, over sockets and over TLS on them.</summary>
public sealed class KeptConnectionTests : IDisposable
{
    private const string Subject = "CN=127.0.0.1";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ManualTimeProvider _time = new();

    public KeptConnectionTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(false, true), InlineData(false, false), InlineData(true, true), InlineData(true, false)]
    public async Task Send_TheKeptConnectionIsDead_IsStale(bool isTls, bool isReset)
    {
        var serving = ServeAsync(isTls, isReset, answered: 1);
        using var invoker = Invoker();

        using (await SendAsync(invoker, isTls))
        {
        }

        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(invoker, isTls));
        Assert.True(StaleConnectionException.IsBehind(broken), broken.ToString());
        await serving;
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Send_AFreshConnectionBreaks_IsNotStale(bool isTls)
    {
        var serving = ServeAsync(isTls, isReset: true, answered: 0);
        using var invoker = Invoker();

        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(invoker, isTls));
        Assert.False(StaleConnectionException.IsBehind(broken), broken.ToString());
        await serving;
    }

    [Fact]
    public async Task Send_TheKeptConnectionBreaksInsideTheAnswer_IsNotStale()
    {
        var serving = ServeAsync(isTls: false, isReset: false, answered: 1, begun: "HTTP/1.1 200 OK\r\nContent-Le");
        using var invoker = Invoker();

        using (await SendAsync(invoker, isTls: false))
        {
        }

        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(invoker, isTls: false));
        Assert.False(StaleConnectionException.IsBehind(broken), broken.ToString());
        await serving;
    }

    /// <summary>A vendor that took its time may have worked on the request, and bills it.</summary>
    [Fact]
    public async Task Send_TheVendorHadTheTimeToWorkOnIt_IsNotStale()
    {
        var serving = ServeAsync(isTls: false, isReset: true, answered: 1, beforeTheBreak: () => _time.Advance(KeptConnection.ResetMoment * 1.1));
        using var invoker = Invoker();

        using (await SendAsync(invoker, isTls: false))
        {
        }

        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(invoker, isTls: false));
        Assert.False(StaleConnectionException.IsBehind(broken), broken.ToString());
        await serving;
    }

    private HttpMessageInvoker Invoker() => new(new SocketsHttpHandler
    {
        PlaintextStreamFilter = (connection, _) => new(new KeptConnection(connection.PlaintextStream, _time)),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == Subject },
    });

    private Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, bool isTls)
    {
        var address = $"{(isTls ? "https" : "http")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        return SendAsync(invoker, new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("{}") });
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        using (request)
        {
            var response = await invoker.SendAsync(request, CancellationToken.None);
            // Read to its end the connection is kept.
            await response.Content.ReadAsByteArrayAsync();
            return response;
        }
    }

    /// <summary>Answers so many requests on one connection, reads one more, begins an answer to it or none, and breaks.</summary>
    private async Task ServeAsync(bool isTls, bool isReset, int answered, string begun = "", Action? beforeTheBreak = null)
    {
        using var socket = await _listener.AcceptSocketAsync();
        await using var connection = new NetworkStream(socket);
        Stream stream = connection;
        if (isTls)
        {
            var secure = new SslStream(connection);
            await secure.AuthenticateAsServerAsync(SelfSigned());
            stream = secure;
        }

        for (var request = 0; request < answered; request++)
        {
            await ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer));
        }

        await ReadRequestAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(begun));
        beforeTheBreak?.Invoke();
        if (isReset)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private static async Task ReadRequestAsync(Stream stream)
    {
        var buffer = new byte[4096];
        var read = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, read).EndsWith("{}", StringComparison.Ordinal))
            read += await stream.ReadAsync(buffer.AsMemory(read)) is > 0 and var count ? count : throw new EndOfStreamException();
    }

    private X509Certificate2 SelfSigned()
    {
        // Who connects accepts it by its name alone, so it holds by the test's own clock.
        var now = _time.GetUtcNow();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
