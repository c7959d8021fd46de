namespace ServerlessRouter.Configuration.Written;

/// <summary>How deployments that failed and get no requests are tried again, as written.</summary>
public sealed record ProbesConfig
{
    [Member("Whether they are tried by short calls of the router's own, which cost a few tokens. Default: true.")]
    public bool? Enabled { get; init; }

    [Member("Seconds from one look for such deployments to the next. Default: 30.", Minimum = 5, Maximum = 3600)]
    public double? IntervalSeconds { get; init; }

    [Member("Seconds one call may take. Default: 10.", Minimum = 0.1, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}
