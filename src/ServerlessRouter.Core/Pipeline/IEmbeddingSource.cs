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
