namespace ServerlessRouter.Configuration.Written;

/// <summary>Vectors of texts where the classifier is unsure, as written.</summary>
public sealed record EmbeddingsConfig
{
    [Member("A model with the capability `embeddings`, at providers of kind {embeddings}. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("How many numbers a vector shall have; sent as `dimensions`. Default: not sent, the model decides.", Minimum = 1, Maximum = 16_384)]
    public int? Dimensions { get; init; }

    [Member("A file made by `train --labels ROWS --embeddings CONFIG`, relative to the configuration file; in a stored configuration `weights/NAME`. Without it no model is asked. Default: none.")]
    public string? Weights { get; init; }

    [Member("It is asked below this confidence of the classifier, and when that abstains. Default: 0.5.", Minimum = 0, Maximum = 1)]
    public double? BelowConfidence { get; init; }

    [Member("Seconds it may take; asked only where the deadline leaves twice as much. Default: 1.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }

    [Member("Vectors each instance remembers, by a hash of the text. Default: 1000.", Minimum = 0, Maximum = 10_000)]
    public int? CacheEntries { get; init; }
}
