namespace ServerlessRouter.Configuration.Stored;

/// <summary>How closely an instance follows the stored configuration.</summary>
public sealed record ConfigurationFollowerOptions
{
    /// <summary>How often the pointer is read; every instance runs on a new version within this time. Default: 5 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often secrets are looked up again, so that a rotated key comes into use. Default: 5 min.</summary>
    public TimeSpan SecretsInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How soon a version that cannot be loaded here is tried again: a role or a secret may be on its way. Default: 30 s.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one turn may take. Default: 20 s.</summary>
    public TimeSpan TurnTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
