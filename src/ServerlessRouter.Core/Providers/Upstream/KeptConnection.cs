using System.Runtime.CompilerServices;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>
/// One HTTP/1.1 connection to a vendor, behind its TLS. It knows whether it has served before, and says so when it breaks: a kept connection that a load balancer has dropped
/// shows only when the next request is written to it.
/// </summary>
/// <remarks>
/// It is stale only where all of this holds: an earlier request was answered on it, this one has had no byte of an answer, and it broke within <see cref="ResetMoment"/> of the
/// last byte sent. A vendor that takes longer may have worked on the request, and billed it: that is a failed attempt like any other. Go resends nothing that is no GET,
/// Envoy ("reset-before-request") only what was not sent yet, browsers whatever met a reset on a reused connection; this is the browsers' rule with a bound on its time.
/// </remarks>
internal sealed class KeptConnection(Stream inner, TimeProvider time) : Stream
{
    /// <summary>A reset takes one round trip; an answer of a model takes longer.</summary>
    public static readonly TimeSpan ResetMoment = TimeSpan.FromSeconds(1);

    // Every call to a vendor is one, and no later part of a body begins so by chance at the start of a write.
    private static ReadOnlySpan<byte> RequestStart => "POST "u8;

    private volatile bool _wasUsed;
    private volatile bool _isReused;
    private volatile bool _isAnswered;
    private long _sentAt;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool IsStale => _isReused && !_isAnswered && time.GetElapsedTime(Volatile.Read(ref _sentAt)) <= ResetMoment;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException broken) when (IsStale)
        {
            throw new StaleConnectionException(broken);
        }

        if (count > 0)
            _isAnswered = true;
        else if (!buffer.IsEmpty && IsStale)
            throw new StaleConnectionException(null);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Span.StartsWith(RequestStart))
        {
            _isAnswered = false;
            _isReused = _wasUsed;
            _wasUsed = true;
        }

        Volatile.Write(ref _sentAt, time.GetTimestamp());
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException broken) when (IsStale)
        {
            throw new StaleConnectionException(broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    /// <summary>Nothing here reads or writes on a thread that waits.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A kept connection turned out to be dead when it was used again: the request on it has had no byte of an answer, and another connection may carry it.</summary>
internal sealed class StaleConnectionException(Exception? cause) : IOException("The kept connection was closed by the other side.", cause)
{
    /// <summary>Whether this is what stands behind a failed call.</summary>
    public static bool IsBehind(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is StaleConnectionException)
                return true;
        }

        return false;
    }
}
