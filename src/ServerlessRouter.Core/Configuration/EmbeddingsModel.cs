using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Configuration;

/// <summary>Who turns texts into vectors where the classifier is unsure, and what reads them.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="Dimensions">How many numbers a vector shall have; null leaves that to the model.</param>
/// <param name="BelowConfidence">It is asked below this confidence of the classifier, 0..1, and when that abstains.</param>
/// <param name="Timeout">How long it may take.</param>
/// <param name="CacheEntries">How many vectors an instance remembers.</param>
public sealed record EmbeddingsModel(LanguageModel Model, int? Dimensions, double BelowConfidence, TimeSpan Timeout, int CacheEntries)
{
    public const double DefaultBelowConfidence = 0.5;
    public const double DefaultTimeoutSeconds = 1;
    public const int DefaultCacheEntries = 1000;

    /// <summary>Tells tasks from vectors; null before any was trained, and then no model is asked.</summary>
    internal EmbeddingHead? Head { get; init; }
}
