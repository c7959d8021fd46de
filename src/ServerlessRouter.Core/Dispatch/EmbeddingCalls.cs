using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Asks the configured providers for vectors, as calls beside the request they are about.</summary>
internal sealed class EmbeddingCalls(SideAttempts attempts) : IEmbeddingSource
{
    public const string Purpose = "embedding";

    public async ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        using var request = EmbeddingRequest.Write(call.Text.Span, call.Dimensions);
        var order = new SideAttempt(call.Asker, Purpose, call.Model, request, AttemptOperation.Embeddings, call.Within);
        var result = await attempts.MakeAsync(order, cancellationToken).ConfigureAwait(false);
        if (result.Answer is not { } answer)
            return EmbeddingResult.Failed(result.Problem!);
        using (answer)
        {
            if (EmbeddingVector.TryRead(answer.Body.Span) is not { } vector)
                return EmbeddingResult.Failed("its answer has no vector");
            return call.Dimensions is { } wanted && vector.Length != wanted
                ? EmbeddingResult.Failed($"its vector has {vector.Length} numbers instead of the {wanted} asked for")
                : EmbeddingResult.Found(vector);
        }
    }
}
