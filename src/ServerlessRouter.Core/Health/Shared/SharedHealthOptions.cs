using ServerlessRouter.Domain;

namespace ServerlessRouter.Health.Shared;

/// <summary>How instances share what they learn about deployments.</summary>
public sealed record SharedHealthOptions
{
    /// <summary>2 s: one read of a few rows, and all instances agree within 4 s.</summary>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromSeconds(2);

    /// <summary>20 s: what a probe takes that is not a long answer; the lease of one that dies with its instance is free that soon.</summary>
    public static readonly TimeSpan DefaultProbeLease = TimeSpan.FromSeconds(20);

    /// <summary>5 s: longer than the guard of the store lets one call take.</summary>
    public static readonly TimeSpan DefaultStoreTimeout = TimeSpan.FromSeconds(5);

    /// <summary>1 day: four times as long as any opening lasts.</summary>
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(1);

    /// <summary>Names this instance in leases; must be unique among those that run.</summary>
    public required string InstanceId { get; init; }

    /// <summary>How often the others' transitions are read; all instances agree within two of these. Default: <see cref="DefaultRefreshInterval"/>.</summary>
    public TimeSpan RefreshInterval { get; init; } = DefaultRefreshInterval;

    /// <summary>For how long one instance alone may probe; renewed while a probe runs. Default: <see cref="DefaultProbeLease"/>.</summary>
    public TimeSpan ProbeLease { get; init; } = DefaultProbeLease;

    /// <summary>How long the store is waited for before this instance goes on alone. Default: <see cref="DefaultStoreTimeout"/>.</summary>
    public TimeSpan StoreTimeout { get; init; } = DefaultStoreTimeout;

    /// <summary>How long the row of a deployment that is not called any more is kept. Default: <see cref="DefaultRetention"/>.</summary>
    public TimeSpan Retention { get; init; } = DefaultRetention;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal SharedHealthOptions Validated()
    {
        ArgumentException.ThrowIfNullOrEmpty(InstanceId);
        new OptionsCheck(nameof(SharedHealthOptions))
            .Wait(nameof(RefreshInterval), RefreshInterval)
            .Wait(nameof(ProbeLease), ProbeLease)
            // A lease is renewed once half of it is over, at the next refresh.
            .Below(nameof(RefreshInterval), RefreshInterval, nameof(ProbeLease), ProbeLease)
            .Wait(nameof(StoreTimeout), StoreTimeout)
            .Span(nameof(Retention), Retention)
            .Hold();
        return this;
    }
}
