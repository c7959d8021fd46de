using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;

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
        return attempt.Operation switch
        {
            AttemptOperation.Chat => AskAsync(attempt, providers.Get(kind), cancellationToken),
            AttemptOperation.Embeddings => EmbedAsync(attempt, providers.GetEmbeddings(kind), cancellationToken),
        };
    }

    private static ValueTask<AttemptResult> AskAsync(AttemptContext attempt, IChatProvider provider, CancellationToken cancellationToken)
    {
        // A provider finds what it cannot express before it waits for anything: a call that is under way needs no state machine here to see it off.
        var call = provider.SendAsync(attempt, cancellationToken);
        if (!call.IsCompletedSuccessfully)
            return call;
        var result = call.Result;
        if (result.Failure is { Kind: FailureKind.NotExpressible, UpstreamStatus: null })
            attempt.WasSent = false;
        return new(result);
    }

    /// <summary>Vendors differ in what they make of the request, so the vectors are held against it, and given the form that the caller asked for.</summary>
    private static async ValueTask<AttemptResult> EmbedAsync(AttemptContext attempt, IChatProvider provider, CancellationToken cancellationToken)
    {
        var result = await AskAsync(attempt, provider, cancellationToken).ConfigureAwait(false);
        return result.Answer is { } answer ? EmbeddingsForm.Fit(answer, attempt.Request.Request.Embeddings!) : result;
    }
}
