using System.Text;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Embeddings;

/// <summary>Vectors without a vendor, for tests of what is made of them.</summary>
public sealed class HashedEmbeddings : IEmbeddingSource
{
    private int _calls;

    /// <summary>How often it was asked.</summary>
    public int Calls => _calls;

    /// <summary>When set, every call fails with this.</summary>
    public string? Problem { get; set; }

    /// <summary>Answers come once this has ended.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    public async ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _calls);
        await Until.WaitAsync(cancellationToken);
        return Problem is { } problem
            ? EmbeddingResult.Failed(problem)
            : EmbeddingResult.Found(HashedVector.Of(Encoding.UTF8.GetString(call.Text.Span), call.Dimensions ?? HashedVector.DefaultDimensions));
    }
}
