namespace ServerlessRouter.Configuration.Written;

/// <summary>What happens to a request for which too little of a limit is left, as written.</summary>
public sealed record AtLimitConfig
{
    [Member("`refuse`, `downgrade` or `queue`. Default: what the other member is about.", Names = NameTable.AtLimitAction)]
    public string? Action { get; init; }

    [Member("Downgrading: the share of a budget, above 1, at which requests are refused after all. Default: 1.2.", Minimum = 1, Maximum = 10)]
    public double? DowngradeUpTo { get; init; }

    [Member("Queueing: seconds a request may wait. Default: 5.", Minimum = 0.1, Maximum = 60)]
    public double? QueueSeconds { get; init; }
}
