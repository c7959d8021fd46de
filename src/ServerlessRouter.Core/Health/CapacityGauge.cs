using ServerlessRouter.Pipeline;

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
    private double _fullTold;
    private bool _isTimed;

    /// <summary>The vendor has told both how much there can be and when it is full again: enough to have requests wait by. One that always says 0, or never says when, has said nothing.</summary>
    private bool IsToldCredibly => _isTimed && _full >= 1;

    /// <summary>Less remains than all there can be, by what the vendor last said.</summary>
    public bool IsShort => Volatile.Read(ref _share) < 1;

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
        (_fullTold, _isTimed) = (full, reset is not null);
        Volatile.Write(ref _share, Math.Clamp(remaining / full, 0, 1));
        Volatile.Write(ref _resetSeconds, (reset ?? Minute).TotalSeconds);
        Volatile.Write(ref _toldAt, timestamp);
    }

    /// <summary>Counts use against what the vendor said remains, until it says more. Under the owner's lock.</summary>
    public void UseTold(long amount, long timestamp)
    {
        if (!IsToldCredibly || Volatile.Read(ref _share) >= 1)
            return;
        var share = ToldShare(timestamp);
        var passed = time.GetElapsedTime(_toldAt, timestamp).TotalSeconds;
        Volatile.Write(ref _resetSeconds, Math.Max(0, _resetSeconds - passed));
        Volatile.Write(ref _share, Math.Max(0, share - (amount / _fullTold)));
        Volatile.Write(ref _toldAt, timestamp);
    }

    /// <summary>How long until an amount fits that is not larger than all there can be; zero where it fits now.</summary>
    public TimeSpan RoomIn(double amount, int? perMinute, long timestamp)
    {
        var seconds = 0.0;
        if (perMinute is { } configured and > 0)
            seconds = (UsedAt(configured, timestamp) + Math.Min(amount, configured) - configured) * Minute.TotalSeconds / configured;
        if (IsToldCredibly && ToldShare(timestamp) is var share and < 1)
        {
            var wanted = Math.Min(amount, _fullTold) / _fullTold;
            var left = Volatile.Read(ref _resetSeconds) - time.GetElapsedTime(Volatile.Read(ref _toldAt), timestamp).TotalSeconds;
            // The share grows evenly until the reset.
            if (wanted > share)
                seconds = Math.Max(seconds, left * (wanted - share) / (1 - share));
        }

        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }

    /// <summary>How many are left, and when there are all again; null where nothing tells.</summary>
    public CapacityLeft? Remaining(int? perMinute, long timestamp)
    {
        CapacityLeft? left = null;
        if (perMinute is { } configured and > 0)
        {
            var used = UsedAt(configured, timestamp);
            left = new CapacityLeft((long)Math.Max(0, configured - used), used > 0 ? used / configured * Minute : null);
        }

        if (!IsToldCredibly)
            return left;
        var share = ToldShare(timestamp);
        var reset = Volatile.Read(ref _resetSeconds) - time.GetElapsedTime(Volatile.Read(ref _toldAt), timestamp).TotalSeconds;
        var told = new CapacityLeft((long)(share * _fullTold), share < 1 && reset > 0 ? TimeSpan.FromSeconds(reset) : null);
        return left is { } own && own.Amount < told.Amount ? own : told;
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
