using System.Buffers.Binary;
using System.Security.Cryptography;
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

/// <summary>
/// Keeps the latest vectors by a hash of their text, so that no prompt is kept and the same one is not paid for twice; as many as the configuration allows. Who wants one that is
/// being asked for waits for that answer, so that many requests with one text make one call.
/// </summary>
internal sealed class VectorMemory(IEmbeddingSource source, EmbeddingsModel settings) : IEmbeddingSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<VectorKey, LinkedListNode<KnownVector>> _known = [];
    private readonly Dictionary<VectorKey, TaskCompletionSource<EmbeddingResult>> _underWay = [];

    /// <summary>The one used last stands first.</summary>
    private readonly LinkedList<KnownVector> _latest = new();

    public EmbeddingsModel Settings => settings;

    public ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        var key = VectorKey.Of(call);
        TaskCompletionSource<EmbeddingResult> asking;
        lock (_lock)
        {
            if (_known.TryGetValue(key, out var node))
            {
                _latest.Remove(node);
                _latest.AddFirst(node);
                return new(EmbeddingResult.Found(node.Value.Vector) with { IsRemembered = true });
            }

            if (_underWay.TryGetValue(key, out var other))
                return WaitAsync(other.Task, cancellationToken);
            asking = new TaskCompletionSource<EmbeddingResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            _underWay.Add(key, asking);
        }

        return AskAsync(key, asking, call, cancellationToken);
    }

    private async ValueTask<EmbeddingResult> AskAsync(VectorKey key, TaskCompletionSource<EmbeddingResult> asking, EmbeddingCall call, CancellationToken cancellationToken)
    {
        var result = EmbeddingResult.Failed("the request that was asking for it was left");
        try
        {
            result = await source.EmbedAsync(call, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            End(key, result);
            asking.SetResult(result);
        }
    }

    // The call that is waited for began earlier and may take as long as this one, so its time is over first.
    private static async ValueTask<EmbeddingResult> WaitAsync(Task<EmbeddingResult> asking, CancellationToken cancellationToken)
    {
        var result = await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        return result.Problem is null ? result with { IsRemembered = true } : result;
    }

    /// <summary>Kept and no longer under way at once, so that no request asks again in between.</summary>
    private void End(VectorKey key, in EmbeddingResult result)
    {
        lock (_lock)
        {
            _underWay.Remove(key);
            if (result.Problem is not null)
                return;
            _known[key] = _latest.AddFirst(new KnownVector(key, result.Vector));
            while (_known.Count > settings.CacheEntries)
            {
                _known.Remove(_latest.Last!.Value.Key);
                _latest.RemoveLast();
            }
        }
    }

    private readonly record struct KnownVector(VectorKey Key, ReadOnlyMemory<float> Vector);
}

/// <summary>What a remembered vector is known by. Each caller has its own: whether one is known, which cost and time show, would tell what others have written.</summary>
internal readonly record struct VectorKey(string? Caller, LanguageModel Model, int? Dimensions, UInt128 Hash)
{
    /// <summary>Half of a SHA-256: no two texts with the same can be found.</summary>
    public static VectorKey Of(EmbeddingCall call)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(call.Text.Span, hash);
        return new VectorKey(call.Asker.CallerName, call.Model, call.Dimensions, BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
