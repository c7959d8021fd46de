using ServerlessRouter.Domain;

namespace ServerlessRouter.Governance.Leases;

/// <summary>How limits are shared out among instances.</summary>
public sealed record LeaseOptions
{
    /// <summary>2 %: eight instances hold no more than a sixth of what is left.</summary>
    public const double DefaultGrantShare = 0.02;

    /// <summary>30 s: what was used in it, twice, lasts a minute.</summary>
    public static readonly TimeSpan DefaultUsePeriod = TimeSpan.FromSeconds(30);

    /// <summary>50 ms: several calls to a table nearby, and little beside what a model takes.</summary>
    public static readonly TimeSpan DefaultGrantWait = TimeSpan.FromMilliseconds(50);

    /// <summary>2 s: long enough for one transaction to take many counters, and a small part of what a grant lasts.</summary>
    public static readonly TimeSpan DefaultRenewInterval = TimeSpan.FromSeconds(2);

    /// <summary>30 s: half of what a grant lasts, so that most use is written by its renewal.</summary>
    public static readonly TimeSpan DefaultFlushInterval = TimeSpan.FromSeconds(30);

    /// <summary>5 s: an instance that joins one that was alone is known to it before its first requests are many.</summary>
    public static readonly TimeSpan DefaultPresenceInterval = TimeSpan.FromSeconds(5);

    /// <summary>60 s: six signs of life in a row are missing, which no slow store explains.</summary>
    public static readonly TimeSpan DefaultInstanceLease = TimeSpan.FromSeconds(60);

    /// <summary>200,000 counters: some 100 MB, and more than are busy at once.</summary>
    public const int DefaultMaxCounters = 200_000;

    /// <summary>20,000 counters: one key may have as many end users and sessions as are busy at once, and takes no more than a tenth of all room.</summary>
    public const int DefaultMaxCountersOfKey = 20_000;

    /// <summary>10 minutes: a caller who comes now and then is still known.</summary>
    public static readonly TimeSpan DefaultIdleTime = TimeSpan.FromMinutes(10);

    /// <summary>5 minutes: rows of minutes do not pile up.</summary>
    public static readonly TimeSpan DefaultErasureInterval = TimeSpan.FromMinutes(5);

    /// <summary>10 minutes: longer than answers of the minute or hour before take.</summary>
    public static readonly TimeSpan DefaultShortRetention = TimeSpan.FromMinutes(10);

    /// <summary>7 days: time to look back at a day, a week or a month.</summary>
    public static readonly TimeSpan DefaultLongRetention = TimeSpan.FromDays(7);

    /// <summary>7 days: a session that rests for a week is another one.</summary>
    public static readonly TimeSpan DefaultSessionRetention = TimeSpan.FromDays(7);

    /// <summary>1 hour: an instance that was cut off for less finds what was made of its grants.</summary>
    public static readonly TimeSpan DefaultInstanceRetention = TimeSpan.FromHours(1);

    /// <summary>5 s: longer than the guard of the store lets one call take.</summary>
    public static readonly TimeSpan DefaultStoreTimeout = TimeSpan.FromSeconds(5);

    /// <summary>2 minutes: a turn that reads many rows of a slow store.</summary>
    public static readonly TimeSpan DefaultStepTimeout = TimeSpan.FromMinutes(2);

    /// <summary>The share of what is left that one instance may hold unused, while there are others. Default: <see cref="DefaultGrantShare"/>.</summary>
    public double GrantShare { get; init; } = DefaultGrantShare;

    /// <summary>Twice what was used in this time is held at most. Default: <see cref="DefaultUsePeriod"/>.</summary>
    public TimeSpan UsePeriod { get; init; } = DefaultUsePeriod;

    /// <summary>How long a request waits for the store. Default: <see cref="DefaultGrantWait"/>.</summary>
    public TimeSpan GrantWait { get; init; } = DefaultGrantWait;

    /// <summary>How often grants are looked through, and renewed where a quarter is left. Default: <see cref="DefaultRenewInterval"/>.</summary>
    public TimeSpan RenewInterval { get; init; } = DefaultRenewInterval;

    /// <summary>
    /// How long use stays unwritten where no renewal writes it; a crash forgets no more than was used meanwhile, and of a budget no more than <see cref="GrantShare"/> of it and what one turn adds. Default:
    /// <see cref="DefaultFlushInterval"/>.
    /// </summary>
    public TimeSpan FlushInterval { get; init; } = DefaultFlushInterval;

    /// <summary>
    /// How often an instance looks which others there are, and shows that it lives where they wait to hear of it; else it does so every second time, and looks are shared out where there are four instances and
    /// more. Default: <see cref="DefaultPresenceInterval"/>.
    /// </summary>
    public TimeSpan PresenceInterval { get; init; } = DefaultPresenceInterval;

    /// <summary>How long an instance may show no sign of life before its grants are taken back. Default: <see cref="DefaultInstanceLease"/>.</summary>
    public TimeSpan InstanceLease { get; init; } = DefaultInstanceLease;

    /// <summary>
    /// Counters that are kept in memory: one for each subject and limit in use. Beyond it, limits let new subjects through uncounted and budgets refuse them, as while the store is away. Default:
    /// <see cref="DefaultMaxCounters"/>.
    /// </summary>
    public int MaxCounters { get; init; } = DefaultMaxCounters;

    /// <summary>
    /// Counters of the end users and sessions of one key that are kept in memory. Beyond it the key's further ones are refused until others rest, and no other key notices. Default:
    /// <see cref="DefaultMaxCountersOfKey"/>.
    /// </summary>
    public int MaxCountersOfKey { get; init; } = DefaultMaxCountersOfKey;

    /// <summary>How long a counter that is not used stays in memory. Default: <see cref="DefaultIdleTime"/>.</summary>
    public TimeSpan IdleTime { get; init; } = DefaultIdleTime;

    /// <summary>How often old rows are deleted. Default: <see cref="DefaultErasureInterval"/>.</summary>
    public TimeSpan ErasureInterval { get; init; } = DefaultErasureInterval;

    /// <summary>How long rows of minutes and hours are kept after their end. Default: <see cref="DefaultShortRetention"/>.</summary>
    public TimeSpan ShortRetention { get; init; } = DefaultShortRetention;

    /// <summary>How long rows of days, weeks and months are kept after their end. Default: <see cref="DefaultLongRetention"/>.</summary>
    public TimeSpan LongRetention { get; init; } = DefaultLongRetention;

    /// <summary>How long rows of sessions and of concurrency are kept after their last change. Default: <see cref="DefaultSessionRetention"/>.</summary>
    public TimeSpan SessionRetention { get; init; } = DefaultSessionRetention;

    /// <summary>How long rows of an instance that is gone are kept. Default: <see cref="DefaultInstanceRetention"/>.</summary>
    public TimeSpan InstanceRetention { get; init; } = DefaultInstanceRetention;

    /// <summary>How long one round of calls to the store may take. Default: <see cref="DefaultStoreTimeout"/>.</summary>
    public TimeSpan StoreTimeout { get; init; } = DefaultStoreTimeout;

    /// <summary>How long one turn of a step may take. Default: <see cref="DefaultStepTimeout"/>.</summary>
    public TimeSpan StepTimeout { get; init; } = DefaultStepTimeout;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal LeaseOptions Validated()
    {
        new OptionsCheck(nameof(LeaseOptions))
            .Share(nameof(GrantShare), GrantShare)
            .Span(nameof(UsePeriod), UsePeriod)
            .Wait(nameof(GrantWait), GrantWait)
            .Wait(nameof(RenewInterval), RenewInterval)
            .Span(nameof(FlushInterval), FlushInterval)
            .Wait(nameof(PresenceInterval), PresenceInterval)
            .Span(nameof(InstanceLease), InstanceLease)
            // One sign of life may get lost.
            .AtMost($"four times {nameof(PresenceInterval)}", 4 * PresenceInterval, nameof(InstanceLease), InstanceLease)
            .Count(nameof(MaxCounters), MaxCounters)
            .Count(nameof(MaxCountersOfKey), MaxCountersOfKey)
            .Span(nameof(IdleTime), IdleTime)
            .Wait(nameof(ErasureInterval), ErasureInterval)
            .Span(nameof(ShortRetention), ShortRetention)
            .Span(nameof(LongRetention), LongRetention)
            .Span(nameof(SessionRetention), SessionRetention)
            .Span(nameof(InstanceRetention), InstanceRetention)
            .Wait(nameof(StoreTimeout), StoreTimeout)
            .Wait(nameof(StepTimeout), StepTimeout)
            .Hold();
        return this;
    }
}
