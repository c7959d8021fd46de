using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Calls one kind of vendor API: translates the request, authenticates, and translates the answer to OpenAI's schema.</summary>
public interface IChatProvider
{
    /// <summary>
    /// Sends the attempt's request to its deployment. Answers with the whole answer, for a request for a stream with the stream once its headers are in, or with the failure,
    /// whichever form the vendor answers in; throws only when
    /// <paramref name="cancellationToken"/> fires. <see cref="FailureKind.NotExpressible"/> is answered at once, before anything is waited for.
    /// </summary>
    ValueTask<AttemptResult> SendAsync(AttemptContext attempt, CancellationToken cancellationToken);

    /// <summary>Drops what it keeps for deployments that this configuration does not have; called when a new one takes effect.</summary>
    void Follow(RouterModel router)
    {
    }
}
