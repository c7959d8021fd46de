namespace ServerlessRouter.Configuration.Written;

/// <summary>What is remembered of requests, as written.</summary>
public sealed record RecordsConfig
{
    [Member("Days for which a record of every request is kept: names, figures and outcomes, never prompts or answers. Default: 0, none.", Minimum = 0, Maximum = 400)]
    public int? KeepDays { get; init; }
}
