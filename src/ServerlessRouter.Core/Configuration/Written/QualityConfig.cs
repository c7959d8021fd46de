namespace ServerlessRouter.Configuration.Written;

/// <summary>Where expected quality comes from beside the tables of the models, as written.</summary>
public sealed record QualityConfig
{
    [Member("A file made by `train --outcomes`, relative to the configuration file. Default: none, the tables of the models decide alone.")]
    public string? Weights { get; init; }
}
