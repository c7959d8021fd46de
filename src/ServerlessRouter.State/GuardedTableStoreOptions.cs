namespace ServerlessRouter.State;

/// <summary>When the router stops asking its own storage, so that slow storage slows nothing else.</summary>
public sealed record GuardedTableStoreOptions
{
    /// <summary>4 s: a slow store still answers, and a caller who waits for it has not gone.</summary>
    public static readonly TimeSpan DefaultCallTimeout = TimeSpan.FromSeconds(4);

    /// <summary>256 calls: many batches at once, and a bound on memory while the store hangs.</summary>
    public const int DefaultMaxCalls = 256;

    /// <summary>5 failures: no coincidence where half of all calls go well.</summary>
    public const int DefaultFailuresInRow = 5;

    /// <summary>2 s: short enough that a restart of the store is hardly noticed.</summary>
    public static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(2);

    /// <summary>How long one call may take. Default: <see cref="DefaultCallTimeout"/>.</summary>
    public TimeSpan CallTimeout { get; init; } = DefaultCallTimeout;

    /// <summary>How many calls may be under way at once; further ones are refused. Default: <see cref="DefaultMaxCalls"/>.</summary>
    public int MaxCalls { get; init; } = DefaultMaxCalls;

    /// <summary>Failures in a row that make it stop asking. Default: <see cref="DefaultFailuresInRow"/>.</summary>
    public int FailuresInRow { get; init; } = DefaultFailuresInRow;

    /// <summary>How long it then does not ask; afterwards one call tries. Default: <see cref="DefaultPause"/>.</summary>
    public TimeSpan Pause { get; init; } = DefaultPause;

    /// <summary>These options; throws <see cref="ArgumentException"/> where one cannot be.</summary>
    internal GuardedTableStoreOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CallTimeout, TimeSpan.Zero, $"{nameof(GuardedTableStoreOptions)}.{nameof(CallTimeout)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCalls, 1, $"{nameof(GuardedTableStoreOptions)}.{nameof(MaxCalls)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(FailuresInRow, 1, $"{nameof(GuardedTableStoreOptions)}.{nameof(FailuresInRow)}");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Pause, TimeSpan.Zero, $"{nameof(GuardedTableStoreOptions)}.{nameof(Pause)}");
        return this;
    }
}
