using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>Reads a request's body into one pooled array, never more than the limit and never much more memory than has come in.</summary>
internal static class RequestBodyReader
{
    /// <summary>Rented at once for a body of announced length; a longer one earns its memory by arriving.</summary>
    private const int MostRentedAhead = 1024 * 1024;

    /// <summary>Rented for a body of unknown length.</summary>
    private const int FirstRented = 16 * 1024;

    /// <summary>Throws what the server throws for a body that is broken or too slow, and when the caller leaves.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (FindRefusal(request, maxBytes) is { } refusal)
            return new RequestBody(null, 0, refusal);

        // The router's limit is the one that counts; the server's would end the request without saying which.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
            serverLimit.MaxRequestBodySize = null;

        var reader = request.BodyReader;
        var announced = (int?)request.ContentLength;
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Clamp(announced ?? FirstRented, 1, MostRentedAhead));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var arrived = read.Buffer;
                if (arrived.Length > maxBytes - length)
                {
                    reader.AdvanceTo(arrived.End);
                    ArrayPool<byte>.Shared.Return(pooled);
                    return new RequestBody(null, 0, TooLarge(maxBytes));
                }

                pooled = EnsureRoom(pooled, length, (int)arrived.Length, announced ?? maxBytes);
                arrived.CopyTo(pooled.AsSpan(length));
                length += (int)arrived.Length;
                reader.AdvanceTo(arrived.End);
                if (read.IsCompleted)
                    return new RequestBody(pooled, length, null);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(pooled);
            throw;
        }
    }

    private static RouterError? FindRefusal(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            return TooLarge(maxBytes);
        if (request.Headers.ContentEncoding is [{ } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return RouterError.InvalidRequest("The body has a Content-Encoding, and this router reads plain JSON only. Send it uncompressed and without that header.");
        return request.ContentLength == 0 ? RouterError.InvalidRequest("The body is empty: send a JSON object with 'model' and 'messages'.") : null;
    }

    private static byte[] EnsureRoom(byte[] pooled, int length, int arrived, int most)
    {
        if (pooled.Length - length >= arrived)
            return pooled;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + arrived, (int)Math.Min(2L * pooled.Length, most)));
        pooled.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(pooled);
        return larger;
    }

    private static RouterError TooLarge(int maxBytes) =>
        new(RouterErrorCode.PayloadTooLarge, $"The body is larger than {maxBytes} bytes, the most this router reads (server.maxRequestBytes in its configuration).");
}
