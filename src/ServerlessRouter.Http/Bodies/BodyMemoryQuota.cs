using System.Numerics;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>
/// Bounds the memory that the bodies of all requests in flight take together (<see cref="RouterModel.MaxBodiesBytes"/>). What finds no room waits for it up to
/// <see cref="MaxWait"/>, first come, first served; what would wait behind more than the whole room is refused at once, so that those before it get through.
/// </summary>
/// <remarks>Small bodies have a lane of their own, and a quarter of the room that large ones cannot take: a flood of large prompts does not keep short ones out.</remarks>
internal sealed class BodyMemoryQuota(RouterModelSource models, TimeProvider time)
{
    /// <summary>Bytes up to which a body goes by the lane of the small ones.</summary>
    public const int SmallBytes = 64 * 1024;

    /// <summary>Longest wait for room; most clients wait longer for an answer.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private const long Mebibyte = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Lane _small = new();
    private readonly Lane _large = new();
    private long _used;
    private int _waiting;

    private sealed class Lane
    {
        public LinkedList<Waiter> Waiters { get; } = [];

        public long WaitingBytes { get; set; }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Bytes that are taken now.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>The most that one body can have.</summary>
    public long MaxBytesOfOne => LargeLimit;

    /// <summary>Room for so many bytes at once, without waiting.</summary>
    /// <param name="bytes">How many more.</param>
    /// <param name="heldBytes">How many the same body has already.</param>
    public bool TryTake(long bytes, long heldBytes = 0) => Volatile.Read(ref _waiting) == 0 && TryAdd(bytes, LimitFor(heldBytes + bytes));

    /// <summary>Waits for room; null once it is taken, else why it is not to be had.</summary>
    /// <inheritdoc cref="TryTake"/>
    public async ValueTask<RouterError?> TakeAsync(long bytes, long heldBytes, CancellationToken cancellationToken)
    {
        var (lane, limit) = (LaneFor(heldBytes + bytes), LimitFor(heldBytes + bytes));
        if (Queue(lane, bytes, limit, out var isRefused) is not { } place)
            return isRefused ? Full() : null;
        try
        {
            await place.Value.Granted.Task.WaitAsync(MaxWait, time, cancellationToken);
            return null;
        }
        catch (Exception gaveUp) when (gaveUp is TimeoutException or OperationCanceledException)
        {
            var wasGranted = !TryWithdraw(lane, place);
            if (wasGranted && cancellationToken.IsCancellationRequested)
                Release(bytes);
            cancellationToken.ThrowIfCancellationRequested();
            return wasGranted ? null : Full();
        }
    }

    /// <summary>Gives room back.</summary>
    public void Release(long bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        if (Volatile.Read(ref _waiting) > 0)
            Grant();
    }

    /// <summary>A place in the lane; null where the room is taken at once, or refused.</summary>
    private LinkedListNode<Waiter>? Queue(Lane lane, long bytes, long limit, out bool isRefused)
    {
        lock (_gate)
        {
            // Counted before the last look: who gives room back after it sees that there is a waiter.
            Interlocked.Increment(ref _waiting);
            var isTaken = lane.Waiters.Count == 0 && TryAdd(bytes, limit);
            isRefused = !isTaken && lane.WaitingBytes + bytes > limit;
            if (isTaken || isRefused)
            {
                Interlocked.Decrement(ref _waiting);
                return null;
            }

            lane.WaitingBytes += bytes;
            return lane.Waiters.AddLast(new Waiter(bytes));
        }
    }

    /// <summary>The small first: they are many and need little.</summary>
    private void Grant()
    {
        lock (_gate)
        {
            Grant(_small);
            Grant(_large);
        }
    }

    private void Grant(Lane lane)
    {
        while (lane.Waiters.First is { } first && TryAdd(first.Value.Bytes, lane == _small ? SmallLimit : LargeLimit))
        {
            Remove(lane, first);
            first.Value.Granted.SetResult();
        }
    }

    /// <summary>False when it was granted already. Those behind it may fit where it did not.</summary>
    private bool TryWithdraw(Lane lane, LinkedListNode<Waiter> place)
    {
        lock (_gate)
        {
            if (place.List is null)
                return false;
            Remove(lane, place);
            Grant(lane);
            return true;
        }
    }

    private void Remove(Lane lane, LinkedListNode<Waiter> place)
    {
        lane.Waiters.Remove(place);
        lane.WaitingBytes -= place.Value.Bytes;
        Interlocked.Decrement(ref _waiting);
    }

    private bool TryAdd(long bytes, long limit)
    {
        var used = Volatile.Read(ref _used);
        while (used + bytes <= limit)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used)
                return true;
            used = seen;
        }

        return false;
    }

    private Lane LaneFor(long wholeBytes) => wholeBytes <= SmallBytes ? _small : _large;

    private long LimitFor(long wholeBytes) => wholeBytes <= SmallBytes ? SmallLimit : LargeLimit;

    /// <summary>A body of the largest size always fits by itself; arrays are rented in powers of two.</summary>
    private long SmallLimit => Math.Max(models.Current.MaxBodiesBytes, MaxBodyBytes);

    private long LargeLimit => Math.Max(models.Current.MaxBodiesBytes / 4 * 3, MaxBodyBytes);

    private long MaxBodyBytes => (long)BitOperations.RoundUpToPowerOf2((ulong)models.Current.MaxRequestBytes);

    private RouterError Full() => new(
        RouterErrorCode.TemporarilyUnavailable,
        $"The bodies of other requests take all of the {SmallLimit / Mebibyte} MiB that this router holds bodies in (server.maxBodiesMebibytes in its configuration). Send the request again shortly.")
    {
        RetryAfter = RetryAfter,
    };
}
