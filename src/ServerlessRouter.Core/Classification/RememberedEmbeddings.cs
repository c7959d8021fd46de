using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Remembers vectors for as long as the configuration they were asked for under holds: under another, the same name may stand for another model, and other weights read its vectors.</summary>
internal sealed class RememberedEmbeddings(IEmbeddingSource source) : IEmbeddingSource
{
    private VectorMemory? _memory;

    /// <summary>Forgets everything and begins anew for this configuration.</summary>
    public void Follow(RouterModel router) =>
        Volatile.Write(ref _memory, router.Embeddings is { CacheEntries: > 0 } settings ? new VectorMemory(source, settings) : null);

    /// <summary>From memory where it is known. Requests that began under an earlier configuration ask without one.</summary>
    public ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken) =>
        Volatile.Read(ref _memory) is { } memory && ReferenceEquals(memory.Settings, call.Asker.Router.Embeddings)
            ? memory.EmbedAsync(call, cancellationToken)
            : source.EmbedAsync(call, cancellationToken);
}
