using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers.Failures;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>The body of a vendor's answer: read whole within a bound, or piece by piece. Disposing ends the call.</summary>
internal sealed class UpstreamBody : IDisposable
{
    private const int MinReadBytes = (4 * 1024) - 1;

    // A longer body has to arrive before memory is taken for it.
    private const int MaxTrustedLength = 1024 * 1024;

    /// <summary>As much of the end of an answer that is too large is kept, for its usage.</summary>
    private const int TailBytes = 32 * 1024;

    /// <summary>Beyond this an answer is not even read to its end.</summary>
    private const long MaxDrainedBytes = 64 * 1024 * 1024;

    private readonly IDisposable? _response;
    private readonly Stream _stream;
    private readonly long? _length;
    private byte[]? _peeked;
    private int _peekedStart;
    private int _peekedEnd;
    private byte[]? _pooledSource;

    private UpstreamBody(IDisposable? response, Stream stream, long? length, int maxBytes, TimeProvider time) =>
        (_response, _stream, _length, MaxBytes, Time) = (response, stream, length, maxBytes, time);

    /// <summary>It is decompressed on its way, so that more of it may come to nothing.</summary>
    private bool IsCoded { get; init; }

    /// <summary>The clock that says how long silence lasts.</summary>
    public TimeProvider Time { get; }

    /// <summary>The most that is read whole: of a body, or of an event of one.</summary>
    public int MaxBytes { get; }

    /// <summary>Bytes that were read whole, or over when that was too much.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The body of a response; one that came compressed although the router did not ask is decompressed.</summary>
    public static UpstreamBody Of(HttpResponseMessage response, TimeProvider time, int maxBytes = RouterModel.DefaultMaxAnswerMebibytes * 1024 * 1024)
    {
        var stream = response.Content.ReadAsStream();
        var headers = response.Content.Headers;
        if (!headers.NonValidated.TryGetValues("Content-Encoding", out var encodings))
            return new UpstreamBody(response, stream, headers.ContentLength, maxBytes, time);
        Stream decoded = encodings.ToString().Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        return new UpstreamBody(response, decoded, null, maxBytes, time) { IsCoded = decoded != stream };
    }

    /// <summary>A body that is already here; takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    public static UpstreamBody Of(byte[] pooled, int length, TimeProvider time, int maxBytes) =>
        new(null, new MemoryStream(pooled, 0, length, writable: false), length, maxBytes, time) { _pooledSource = pooled };

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_peeked is null)
            return _stream.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _peekedEnd - _peekedStart);
        _peeked.AsMemory(_peekedStart, count).CopyTo(buffer);
        _peekedStart += count;
        if (_peekedStart == _peekedEnd)
            ReturnPeeked();
        return new(count);
    }

    /// <summary>Waits for the first bytes that say something, and leaves them to be read; empty where the body has none.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        _peeked = ArrayPool<byte>.Shared.Rent(MinReadBytes);
        try
        {
            while (_peekedEnd < _peeked.Length && IsPadding(_peeked.AsSpan(0, _peekedEnd)))
            {
                var count = await _stream.ReadAsync(_peeked.AsMemory(_peekedEnd), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    break;
                _peekedEnd += count;
            }
        }
        catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception) && !cancellationToken.IsCancellationRequested)
        {
            // Reading on meets the break again.
        }

        var seen = _peeked.AsMemory(0, _peekedEnd);
        if (_peekedEnd == 0)
            ReturnPeeked();
        return seen;
    }

    /// <summary>
    /// Reads to the end, into an array of the shared pool that is then the caller's. Beyond <paramref name="maxBytes"/> the array holds the first of them, or, where the tail is
    /// wanted, the last bytes alone: what came is given back then, and the rest read over. Where the connection breaks, or stays open in silence behind a whole document, it
    /// holds what came before.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(byte[] Pooled, int Length, BodyEnd End)> ReadWholeAsync(int maxBytes, bool wantsTail, CancellationToken cancellationToken)
    {
        var isAnnouncedTooLarge = wantsTail && _length > maxBytes;
        var pooled = ArrayPool<byte>.Shared.Rent(isAnnouncedTooLarge ? 2 * TailBytes : (int)Math.Clamp(_length ?? 0, MinReadBytes, Math.Min(maxBytes, MaxTrustedLength)) + 1);
        var read = 0;
        var document = default(DocumentScan);
        try
        {
            while (!isAnnouncedTooLarge)
            {
                if (read == pooled.Length)
                    pooled = Grow(pooled, read);
                var isSilenceItsEnd = false;
                if (document.MayBeWhole && read != _length && _peeked is null)
                {
                    // Nearly every body is at its end here, which this read finds without a wait. It takes no bytes, so it may be left behind.
                    var more = IsCoded ? default : _stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
                    isSilenceItsEnd = (IsCoded || !more.IsCompleted) && document.IsWhole(pooled.AsSpan(0, read));
                    if (!isSilenceItsEnd)
                        await more.ConfigureAwait(false);
                    else if (await IsSilentAsync(more.AsTask(), cancellationToken).ConfigureAwait(false))
                        return (pooled, read, BodyEnd.Broken);
                }

                // What came may still be no byte of the body: half a chunk's head, or the end of a compressed block.
                using var over = isSilenceItsEnd ? new CancellationTokenSource(ChatStream.UsageGrace, Time) : null;
                // A chunk that is not well formed takes away how many bytes of those before it were read: they are what is not zero.
                if (_length is null && !IsCoded)
                    pooled.AsSpan(read).Clear();
                using var either = over is null ? null : CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
                var count = await ReadAsync(pooled.AsMemory(read), either?.Token ?? cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return (pooled, read, BodyEnd.Whole);
                document.Came(pooled.AsSpan(read, count));
                read += count;
                if (read > maxBytes)
                    break;
            }

            if (!wantsTail)
                return (pooled, maxBytes, BodyEnd.TooLarge);
            BytesRead = read;
            pooled = KeepTail(pooled, ref read);
            read = await ReadTailAsync(pooled, read, cancellationToken).ConfigureAwait(false);
            return (pooled, read, BodyEnd.TooLarge);
        }
        catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception) && !cancellationToken.IsCancellationRequested)
        {
            if (exception is HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } && _length is null && !IsCoded && read <= maxBytes && BytesRead == 0)
                read += pooled.AsSpan(read).TrimEnd((byte)0).Length;
            return (pooled, read, isAnnouncedTooLarge || read > maxBytes || BytesRead > 0 ? BodyEnd.TooLarge : BodyEnd.Broken);
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
        _response?.Dispose();
        ReturnPeeked();
        if (Interlocked.Exchange(ref _pooledSource, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
    }

    /// <summary>Behind a whole answer silence is its end: some servers never close.</summary>
    /// <param name="more">Ends when more comes, and, left behind, when the body is disposed of.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    private async ValueTask<bool> IsSilentAsync(Task<int> more, CancellationToken cancellationToken)
    {
        try
        {
            await more.WaitAsync(ChatStream.UsageGrace, Time, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException) when (!more.IsCompleted)
        {
            return true;
        }
        finally
        {
            // How it ends behind that is of no interest.
            _ = more.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static bool IsPadding(ReadOnlySpan<byte> text) => text.Length < "\uFEFF"u8.Length || text.TrimStart(" \t\r\n\uFEFF"u8).IsEmpty;

    private byte[] Grow(byte[] pooled, int read)
    {
        // What has begun to arrive may be trusted to arrive whole, so it is moved once.
        var wanted = _length is { } length && length < MaxBytes ? (int)length + 1 : pooled.Length * 2;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, pooled.Length + 1));
        pooled.AsSpan(0, read).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(pooled);
        return larger;
    }

    /// <summary>Gives a large array back for a small one with the last bytes of it.</summary>
    private static byte[] KeepTail(byte[] pooled, ref int read)
    {
        if (pooled.Length <= 4 * TailBytes && pooled.Length >= 2 * TailBytes && read <= TailBytes)
            return pooled;
        var tail = ArrayPool<byte>.Shared.Rent(2 * TailBytes);
        var kept = Math.Min(read, TailBytes);
        pooled.AsSpan(read - kept, kept).CopyTo(tail);
        ArrayPool<byte>.Shared.Return(pooled);
        read = kept;
        return tail;
    }

    /// <summary>Reads over the rest, and keeps the last bytes of it. Answers how many there are.</summary>
    private async ValueTask<int> ReadTailAsync(byte[] tail, int kept, CancellationToken cancellationToken)
    {
        while (BytesRead <= MaxDrainedBytes)
        {
            if (kept == tail.Length)
            {
                tail.AsSpan(kept - TailBytes, TailBytes).CopyTo(tail);
                kept = TailBytes;
            }

            var count = await ReadAsync(tail.AsMemory(kept), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                break;
            kept += count;
            BytesRead += count;
        }

        return kept;
    }

    private void ReturnPeeked()
    {
        if (_peeked is not { } pooled)
            return;
        _peeked = null;
        ArrayPool<byte>.Shared.Return(pooled);
    }
}
