using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Keeps the latest vectors by a hash of their text, so that no prompt is kept and the same one is not paid for twice; as many as the configuration allows.</summary>
internal sealed class VectorMemory(IEmbeddingSource source, EmbeddingsModel settings) : IEmbeddingSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VectorKey, LinkedListNode<KnownVector>> _known = [];

    /// <summary>The one used last stands first.</summary>
    private readonly LinkedList<KnownVector> _latest = new();

    public EmbeddingsModel Settings => settings;

    public async ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        var key = VectorKey.Of(call);
        if (Find(key) is { IsEmpty: false } vector)
            return EmbeddingResult.Found(vector) with { IsRemembered = true };
        var result = await source.EmbedAsync(call, cancellationToken).ConfigureAwait(false);
        if (result.Problem is null)
            Keep(key, result.Vector);
        return result;
    }

    private ReadOnlyMemory<float> Find(VectorKey key)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(key, out var node))
                return default;
            _latest.Remove(node);
            _latest.AddFirst(node);
            return node.Value.Vector;
        }
    }

    private void Keep(VectorKey key, ReadOnlyMemory<float> vector)
    {
        lock (_lock)
        {
            if (_known.Remove(key, out var node))
                _latest.Remove(node);
            _known[key] = _latest.AddFirst(new KnownVector(key, vector));
            while (_known.Count > settings.CacheEntries)
            {
                _known.Remove(_latest.Last!.Value.Key);
                _latest.RemoveLast();
            }
        }
    }

    private readonly record struct KnownVector(VectorKey Key, ReadOnlyMemory<float> Vector);
}
