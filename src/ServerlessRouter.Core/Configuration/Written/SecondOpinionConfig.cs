namespace ServerlessRouter.Configuration.Written;

/// <summary>A small model that is asked what a request is when the classifier is unsure, as written.</summary>
public sealed record SecondOpinionConfig
{
    [Member("A model with the capability `json_schema`. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("It is asked below this confidence of the classifier, and when that abstains. Default: 0.5.", Minimum = 0, Maximum = 1)]
    public double? BelowConfidence { get; init; }

    [Member("Seconds it may take; asked only where the deadline leaves twice as much. Default: 2.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}
