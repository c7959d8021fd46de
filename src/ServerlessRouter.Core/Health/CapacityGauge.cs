namespace ServerlessRouter.Health;

/// <summary>How much of one capacity (requests or tokens) is left: by what the vendor last said, and by what this instance used of the configured amount a minute.</summary>
internal sealed class CapacityGauge(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private double _used;
    private long _usedAt;
    private double _full;
    private double _share = 1;
    private long _toldAt;
    private double _resetSeconds;

    /// <summary>Counts use against the configured capacity. Under the owner's lock.</summary>
    public void Use(long amount, int perMinute, long timestamp)
    {
        Volatile.Write(ref _used, UsedAt(perMinute, timestamp) + amount);
        Volatile.Write(ref _usedAt, timestamp);
    }

    /// <summary>Takes over what the vendor says is left. Under the owner's lock.</summary>
    public void Tell(int remaining, TimeSpan? reset, int? perMinute, long timestamp)
    {
        // Vendors name no limit with every answer: the most ever left stands for it, forgotten slowly in case the limit was lowered.
        _full = Math.Max(remaining, _full - (_full / 64));
        var full = Math.Max(1, Math.Max(_full, perMinute ?? 0));
        Volatile.Write(ref _share, Math.Clamp(remaining / full, 0, 1));
        Volatile.Write(ref _resetSeconds, (reset ?? Minute).TotalSeconds);
        Volatile.Write(ref _toldAt, timestamp);
    }

    /// <summary>Share left, 0..1.</summary>
    public double Left(int? perMinute, long timestamp)
    {
        var left = ToldShare(timestamp);
        if (perMinute is { } configured and > 0)
            left = Math.Min(left, Math.Max(0, 1 - (UsedAt(configured, timestamp) / configured)));
        return left;
    }

    // Vendors refill continuously, so the share grows towards the reset.
    private double ToldShare(long timestamp)
    {
        var share = Volatile.Read(ref _share);
        if (share >= 1)
            return 1;
        var passed = time.GetElapsedTime(Volatile.Read(ref _toldAt), timestamp).TotalSeconds;
        var reset = Volatile.Read(ref _resetSeconds);
        return passed >= reset ? 1 : share + ((1 - share) * Math.Max(0, passed) / reset);
    }

    private double UsedAt(int perMinute, long timestamp)
    {
        var used = Volatile.Read(ref _used);
        return used == 0 ? 0 : Math.Max(0, used - (perMinute * time.GetElapsedTime(Volatile.Read(ref _usedAt), timestamp) / Minute));
    }
}
