using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Turns texts into vectors: like texts into vectors of like direction.</summary>
public interface IEmbeddingSource
{
    /// <summary>
    /// The vector of one text, asked for once. Whatever goes wrong, and an answer that takes longer than <see cref="EmbeddingCall.Within"/>, is a value; throws only when
    /// <paramref name="cancellationToken"/>, the caller's own, fires.
    /// </summary>
    ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken);
}

/// <summary>What came of asking for a vector: its numbers, all finite, or why there are none.</summary>
public readonly record struct EmbeddingResult
{
    private EmbeddingResult(ReadOnlyMemory<float> vector, string? problem) => (Vector, Problem) = (vector, problem);

    /// <summary>Empty exactly when there is a problem.</summary>
    public ReadOnlyMemory<float> Vector { get; }

    /// <summary>Why there is no vector, in a few words that may be shown to the caller.</summary>
    public string? Problem { get; }

    /// <summary>It was known from an earlier request, so no model was asked.</summary>
    public bool IsRemembered { get; init; }

    public static EmbeddingResult Found(ReadOnlyMemory<float> vector) => new(vector, null);

    public static EmbeddingResult Failed(string problem) => new(default, problem);
}

/// <summary>A text whose vector is wanted.</summary>
/// <param name="Asker">The request it is about; what the call costs is added to it, and what it demands of providers holds.</param>
/// <param name="Model">A model that makes embeddings.</param>
/// <param name="Dimensions">How many numbers the vector shall have; null leaves that to the model.</param>
/// <param name="Text">UTF-8, not empty; one that was cut inside a character is fine.</param>
/// <param name="Within">How long it may take. Longer counts as a failure of the deployment.</param>
public sealed record EmbeddingCall(RequestContext Asker, LanguageModel Model, int? Dimensions, ReadOnlyMemory<byte> Text, TimeSpan Within);
