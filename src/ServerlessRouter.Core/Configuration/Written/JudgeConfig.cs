namespace ServerlessRouter.Configuration.Written;

/// <summary>A small model that judges answers, as written.</summary>
public sealed record JudgeConfig
{
    [Member("A model with the capability `json_schema` that is none of the steps. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("An answer it scores lower, 0 to 1, is rejected. Default: 0.6.", Minimum = 0, Maximum = 1)]
    public double? MinimumScore { get; init; }

    [Member("Seconds it may take; without a verdict by then the answer is accepted. Default: 5.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}
