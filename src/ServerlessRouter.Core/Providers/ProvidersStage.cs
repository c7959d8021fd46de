using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers;

/// <summary>The last stage of an attempt: makes the call.</summary>
public sealed class ProvidersStage(ProviderRegistry providers, TimeProvider time) : IAttemptStage
{
    /// <summary>Calls the attempt's deployment; there is no stage behind this one.</summary>
    public async ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        attempt.StartedAt = time.GetTimestamp();
        attempt.WasSent = true;
        var kind = attempt.Deployment!.Provider.Kind;
        var provider = attempt.Operation switch
        {
            AttemptOperation.Chat => providers.Get(kind),
            AttemptOperation.Embeddings => providers.GetEmbeddings(kind),
        };
        var result = await provider.SendAsync(attempt, cancellationToken).ConfigureAwait(false);
        if (result.Failure is { Kind: FailureKind.NotExpressible })
            attempt.WasSent = false;
        return result;
    }
}
