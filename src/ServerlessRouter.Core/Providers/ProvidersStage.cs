using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers;

/// <summary>The last stage of an attempt: makes the call.</summary>
public sealed class ProvidersStage(ProviderRegistry providers, TimeProvider time) : IAttemptStage
{
    /// <summary>Calls the attempt's deployment; there is no stage behind this one.</summary>
    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        attempt.StartedAt = time.GetTimestamp();
        attempt.WasSent = true;
        var kind = attempt.Deployment!.Provider.Kind;
        var provider = attempt.Operation switch
        {
            AttemptOperation.Chat => providers.Get(kind),
            AttemptOperation.Embeddings => providers.GetEmbeddings(kind),
        };
        // A provider finds what it cannot express before it waits for anything: a call that is under way needs no state machine here to see it off.
        var call = provider.SendAsync(attempt, cancellationToken);
        if (!call.IsCompletedSuccessfully)
            return call;
        var result = call.Result;
        if (result.Failure is { Kind: FailureKind.NotExpressible, UpstreamStatus: null })
            attempt.WasSent = false;
        return new(result);
    }
}
