using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>Makes of an HTTP request the context that the pipeline works on.</summary>
internal sealed class ChatContextReader(RouterModelSource models, TimeProvider time)
{
    /// <summary>
    /// Bytes of a body that is read and decided on where it came in. A host may call handlers on the thread that watches its sockets, and every other connection of that
    /// thread waits meanwhile: up to 5 µs for each KB of many small messages. Behind some 0.3 ms a thread of the pool is worth the hand-over.
    /// </summary>
    internal const int MostOnSocketThread = 64 * 1024;

    /// <summary>The context, whose request the receiver disposes, or what is wrong with the request.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatContextResult> ReadAsync(HttpContext http)
    {
        var receivedAt = time.GetTimestamp();
        var router = models.Current;
        var body = await RequestBodyReader.ReadAsync(http.Request, router.MaxRequestBytes, http.RequestAborted);
        if (body.Pooled is not { } pooled)
            return new ChatContextResult(null, body.Error);

        if (body.Length > MostOnSocketThread)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (!ChatRequestScanner.TryScan(pooled, body.Length, ModelInPath(http.Request), out var request, out var error))
        {
            ArrayPool<byte>.Shared.Return(pooled);
            return new ChatContextResult(null, error);
        }

        var context = new RequestContext(http.TraceIdentifier, router, request, new HttpRequestHeaders(http.Request.Headers), receivedAt)
        {
            ClientAddress = http.Connection.RemoteIpAddress?.ToString(),
        };
        return new ChatContextResult(context, null);
    }

    /// <summary>Route values are only looked at where there are some: the look alone would allocate them.</summary>
    private static string? ModelInPath(HttpRequest request) =>
        request.Path.StartsWithSegments(EndpointPatterns.AzureDeployments) ? PathName.Of(request, EndpointPatterns.AzureDeploymentName) : null;
}
