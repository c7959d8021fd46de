namespace ServerlessRouter.Health.Shared;

/// <summary>How instances share what they learn about deployments.</summary>
public sealed record SharedHealthOptions
{
    /// <summary>Names this instance in leases; must be unique among those that run.</summary>
    public required string InstanceId { get; init; }

    /// <summary>How often the others' transitions are read; everyone agrees within two of these. Default: 2 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long one instance alone may probe; renewed while a probe runs. Default: 20 s.</summary>
    public TimeSpan ProbeLease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the store is waited for before this instance goes on alone. Default: 5 s.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the row of a deployment that is not called any more is kept. Default: 1 day.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);
}
