namespace ServerlessRouter.Configuration.Written;

/// <summary>How the kind of work a request is gets found, beside the classifier that ships, as written.</summary>
public sealed record ClassificationConfig
{
    [Member("Vectors of texts, asked for where the classifier is unsure. Default: no model is asked.")]
    public EmbeddingsConfig? Embeddings { get; init; }
}
