namespace ServerlessRouter.Configuration.Written;

/// <summary>What a route wants of its candidates, as written.</summary>
public sealed record ObjectiveConfig
{
    [Member("Expected quality 0 to 1 below which a candidate comes only after the others. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? MinimumQuality { get; init; }

    [Member("What good enough candidates are ordered by. Default: `cost`.", Names = NameTable.PreferredObjective)]
    public string? Prefer { get; init; }

    [Member("Orders by a weighted sum instead; not together with `prefer`.")]
    public WeightsConfig? Weights { get; init; }
}
