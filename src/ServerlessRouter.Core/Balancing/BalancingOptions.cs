namespace ServerlessRouter.Balancing;

/// <summary>What the host tells balancing about itself.</summary>
public sealed record BalancingOptions
{
    /// <summary>The region this instance runs in; deployments of the same region go first inside their priority group. Default: none, regions play no part.</summary>
    public string? Region { get; init; }
}
