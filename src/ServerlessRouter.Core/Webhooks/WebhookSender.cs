using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Webhooks;

/// <summary>Delivers a message once: no redirects, no proxy, no cookies, a bound on time, and nothing of the answer is read but its status.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly RouterModelSource _models;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Sends over connections to checked addresses.</summary>
    /// <param name="models">The configuration with the secret.</param>
    /// <param name="resolver">Finds the addresses of hosts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trust">How certificates are judged; null as this machine does. Whatever it says, the certificate must be for the host's name.</param>
    public WebhookSender(RouterModelSource models, IHostResolver resolver, TimeProvider time, X509ChainPolicy? trust = null)
    {
        (_models, _time) = (models, time);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = new WebhookConnector(models, resolver).ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // Each delivery checks anew whom it talks to.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 16,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Delivers a message.</summary>
    public async ValueTask<WebhookResult> SendAsync(string url, string id, byte[] body, CancellationToken cancellationToken)
    {
        var webhooks = _models.Current.Webhooks;
        if (CallbackUrl.FindFault(url, webhooks) is { } fault)
            return new WebhookResult(IsTaken: false, CanHelpToRetry: false, fault.Message);
        using var bound = new CancellationTokenSource(Bound, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            using var request = Request(url, id, body, webhooks);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return ResultOf(response.StatusCode);
        }
        catch (HttpRequestException broken) when (RefusalIn(broken) is { } refusal)
        {
            return new WebhookResult(IsTaken: false, CanHelpToRetry: false, refusal.Message);
        }
        catch (HttpRequestException broken) when (broken.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new WebhookResult(
                IsTaken: false, CanHelpToRetry: true, "No secure connection could be made: the receiver's certificate must be valid, for its host's name, and of an authority this machine trusts.");
        }
        catch (HttpRequestException)
        {
            return new WebhookResult(IsTaken: false, CanHelpToRetry: true, "The receiver could not be reached.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookResult(IsTaken: false, CanHelpToRetry: true, $"The receiver did not answer within {Bound.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string url, string id, byte[] body, WebhookModel webhooks)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("ServerlessRouter", null));
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(id, timestamp, body, webhooks.Secret));
        return request;
    }

    private static WebhookResult ResultOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => new WebhookResult(IsTaken: true, CanHelpToRetry: false, $"The receiver answered {(int)status}."),
        410 => new WebhookResult(IsTaken: false, CanHelpToRetry: false, "The receiver answered 410 and wants no more."),
        _ => new WebhookResult(IsTaken: false, CanHelpToRetry: true, $"The receiver answered {(int)status}."),
    };

    private static WebhookRefusedException? RefusalIn(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is WebhookRefusedException refusal)
                return refusal;
        }

        return null;
    }
}

/// <summary>How one delivery went.</summary>
/// <param name="IsTaken">The receiver answered 2xx.</param>
/// <param name="CanHelpToRetry">Another try may succeed.</param>
/// <param name="Note">What happened, for people.</param>
internal sealed record WebhookResult(bool IsTaken, bool CanHelpToRetry, string Note);

/// <summary>
/// Connects to a callback's host at an address that was checked, and no other: the name is resolved once, every address it has must be public, and the socket goes to one of
/// those, so that a name that answers differently the second time gains nothing.
/// </summary>
internal sealed class WebhookConnector(RouterModelSource models, IHostResolver resolver)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0)
            throw new WebhookRefusedException("Its host has no address.");
        if (!CallbackUrl.IsListed(context.InitialRequestMessage.RequestUri!, models.Current.Webhooks) && !addresses.All(PublicAddress.Is))
            throw new WebhookRefusedException("Its host has an address that is not on the public internet.");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
