using System.Net;
using System.Net.Sockets;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Jobs.Webhooks;

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
