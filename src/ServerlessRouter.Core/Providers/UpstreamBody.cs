using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace ServerlessRouter.Providers;

/// <summary>The body of a vendor's answer: read whole within a bound, or piece by piece. Disposing ends the call.</summary>
internal sealed class UpstreamBody : IDisposable
{
    private const int SmallestRead = (4 * 1024) - 1;

    // A longer body has to arrive before memory is taken for it.
    private const int MostTrustedLength = 1024 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly int? _length;

    private UpstreamBody(HttpResponseMessage response, Stream stream, int? length) => (_response, _stream, _length) = (response, stream, length);

    /// <summary>The body of a response; one that came compressed although nobody asked is decompressed.</summary>
    public static UpstreamBody Of(HttpResponseMessage response)
    {
        var stream = response.Content.ReadAsStream();
        var headers = response.Content.Headers;
        if (!headers.NonValidated.TryGetValues("Content-Encoding", out var encodings))
            return new UpstreamBody(response, stream, headers.ContentLength is { } length and <= int.MaxValue ? (int)length : null);
        Stream decoded = encodings.ToString().Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        return new UpstreamBody(response, decoded, null);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    /// <summary>
    /// Reads to the end, into an array of the shared pool that is then the caller's. Beyond <paramref name="most"/> bytes the length is -1 and the array holds the first
    /// <paramref name="most"/>. Where the connection breaks, the array holds what came before.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(byte[] Pooled, int Length, bool IsBroken)> ReadWholeAsync(int most, CancellationToken cancellationToken)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Clamp(_length ?? 0, SmallestRead, Math.Min(most, MostTrustedLength)) + 1);
        var read = 0;
        try
        {
            while (true)
            {
                if (read == pooled.Length)
                    pooled = Grow(pooled, read);
                var count = await _stream.ReadAsync(pooled.AsMemory(read), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return (pooled, read, false);
                read += count;
                if (read > most)
                    return (pooled, -1, false);
            }
        }
        catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception) && !cancellationToken.IsCancellationRequested)
        {
            return (pooled, read, true);
        }
        catch (Exception exception)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            if (UpstreamFailures.IsBrokenConnection(exception))
                cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _response.Dispose();
    }

    private static byte[] Grow(byte[] pooled, int read)
    {
        var larger = ArrayPool<byte>.Shared.Rent(pooled.Length * 2);
        pooled.AsSpan(0, read).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(pooled);
        return larger;
    }
}
