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
