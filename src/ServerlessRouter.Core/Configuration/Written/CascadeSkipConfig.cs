namespace ServerlessRouter.Configuration.Written;

/// <summary>When a cascade's step is not worth asking, as written.</summary>
public sealed record CascadeSkipConfig
{
    [Member("A step whose predicted quality, 0 to 1, is lower is skipped; never the last. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? BelowQuality { get; init; }

    [Member("On a request of a higher difficulty, 0 to 1, only the last step is asked. Default: 1.", Minimum = 0, Maximum = 1)]
    public double? AboveDifficulty { get; init; }
}
