namespace ServerlessRouter.Configuration.Written;

/// <summary>Where expected quality comes from beside the tables of the models, as written.</summary>
public sealed record QualityConfig
{
    [Member("A file made by `train --outcomes`, relative to the configuration file; in a stored configuration `weights/NAME`. Default: none, the tables of the models decide alone.")]
    public string? Weights { get; init; }

    [Member("What becomes of grades sent to `/v1/feedback`: they move expected quality (`learn`), no longer do (`frozen`), or play no part (`off`). Default: `learn`.", Names = NameTable.CorrectionMode)]
    public string? Corrections { get; init; }
}
