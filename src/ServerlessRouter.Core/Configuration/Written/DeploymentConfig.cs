namespace ServerlessRouter.Configuration.Written;

/// <summary>One callable endpoint of a model, as written.</summary>
public sealed record DeploymentConfig
{
    [Member("A name from `providers`.", IsRequired = true)]
    public string? Provider { get; init; }

    [Member("What the vendor calls it: a model name, or an Azure deployment. Default: the model's own name.")]
    public string? Name { get; init; }

    [Member("Share of the calls, relative to the other deployments; 0 takes it out of service. Default: 1.", Minimum = 0, Maximum = 1_000_000)]
    public int? Weight { get; init; }

    [Member("Lower is used first; the next only when none of this one may be called. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public int? Priority { get; init; }

    [Member("Capacity granted by the vendor. Default: unknown.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("Capacity granted by the vendor. Default: unknown.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }
}
