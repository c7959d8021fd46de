using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>The room of one body that grows by what it names: it is taken before that is read. One body by itself always finds enough.</summary>
internal sealed class GrowingBodyLease(BodyLease lease, BodyLimit limit)
{
    /// <summary>All that is taken so far, to be given back once.</summary>
    public BodyLease Lease { get; private set; } = lease;

    /// <summary>Why a body of so many bytes may not be, as if they had been sent; null where it may.</summary>
    public RouterError? Refuse(long bytes, string param) => bytes <= limit.MaxBytes ? null : limit.TooLarge($"With what '{param}' names the body") with { Param = param };

    /// <summary>Takes room for so many bytes more, waiting for it for a while; why there is none, or null.</summary>
    public async ValueTask<RouterError?> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        if (Lease.Room is not { } room)
            return null;
        var more = Math.Min(bytes, room.MaxBytesOfOne - Lease.Bytes);
        if (more <= 0)
            return null;
        if (!room.TryTake(more, Lease.Bytes) && await room.TakeAsync(more, Lease.Bytes, cancellationToken) is { } full)
            return full;
        Lease = Lease with { Bytes = Lease.Bytes + more };
        return null;
    }

    /// <summary>Gives back what was taken since the room was as it is given.</summary>
    public void ReturnTo(BodyLease before)
    {
        before.Room?.Release(Lease.Bytes - before.Bytes);
        Lease = before;
    }
}
