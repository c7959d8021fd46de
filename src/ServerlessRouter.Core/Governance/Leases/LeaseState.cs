using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Governance.Leases;

/// <summary>What holds for all counters: the time, whether there are other instances, whether the store answers.</summary>
internal sealed partial class LeaseState(LeaseOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Failures in a row from which on the store is taken to be away: a lost call is none.</summary>
    private const int FailuresOfAnOutage = 3;

    private readonly long _usePeriod = Units(options.UsePeriod, time);
    private readonly long _flushInterval = Units(options.FlushInterval, time);
    private volatile bool _isAlone;
    private int _failuresInRow;
    private int _isLeaving;

    public LeaseOptions Options => options;

    public TimeProvider Time => time;

    /// <summary>In units of the clock's timestamps.</summary>
    public long RenewInterval { get; } = Units(options.RenewInterval, time);

    /// <summary>No other instance is at the store. It is so only once that was seen.</summary>
    public bool IsAlone
    {
        get => _isAlone;
        set => _isAlone = value;
    }

    /// <summary>Call after call has failed.</summary>
    public bool IsStoreAway => Volatile.Read(ref _failuresInRow) >= FailuresOfAnOutage;

    /// <summary>From now on no grants are kept. False when it was called before.</summary>
    public bool Leave() => Interlocked.Exchange(ref _isLeaving, 1) == 0;

    public LeaseMoment Now() => new()
    {
        Now = time.GetTimestamp(),
        UtcNow = time.GetUtcNow(),
        UsePeriod = _usePeriod,
        FlushInterval = _flushInterval,
        RenewInterval = RenewInterval,
        GrantShare = options.GrantShare,
        IsAlone = _isAlone,
        IsStoreDown = IsStoreAway,
        IsLeaving = _isLeaving != 0,
    };

    /// <summary>Ends the calls of one round to the store.</summary>
    public CancellationTokenSource StoreBound() => new(options.StoreTimeout, time);

    public void StoreAnswered()
    {
        if (Volatile.Read(ref _failuresInRow) != 0 && Interlocked.Exchange(ref _failuresInRow, 0) >= FailuresOfAnOutage)
            LogBack();
    }

    public void StoreFailed(Exception failure)
    {
        if (Interlocked.Increment(ref _failuresInRow) == FailuresOfAnOutage)
            LogDown(failure);
    }

    public long Units(TimeSpan span) => Units(span, time);

    private static long Units(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);

    [LoggerMessage(1, LogLevel.Warning, "The store of limits cannot be reached; each limit goes on by its onStoreFailure")]
    private partial void LogDown(Exception failure);

    [LoggerMessage(2, LogLevel.Information, "The store of limits answers again; what was used meanwhile is being written")]
    private partial void LogBack();
}
