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
    /// <summary>The context, whose request the receiver disposes, or what is wrong with the request.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatContextResult> ReadAsync(HttpContext http)
    {
        var receivedAt = time.GetTimestamp();
        var router = models.Current;
        var body = await RequestBodyReader.ReadAsync(http.Request, router.MaxRequestBytes, http.RequestAborted);
        if (body.Pooled is not { } pooled)
            return new ChatContextResult(null, body.Error);

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
