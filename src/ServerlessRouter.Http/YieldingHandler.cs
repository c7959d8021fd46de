using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http;

/// <summary>
/// Lets a handler begin on a thread of the pool. A host may call handlers on the thread that watches its sockets, where only what is short may run; those that read or write
/// storage compute for many rows, and a store in memory never makes them wait.
/// </summary>
internal sealed class YieldingHandler(IEndpointHandler handler) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await handler.HandleAsync(http);
    }
}
