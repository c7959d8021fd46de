using System.Net;

namespace ServerlessRouter.Webhooks;

/// <summary>Finds the addresses of a host.</summary>
public interface IHostResolver
{
    ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
