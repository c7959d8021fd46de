using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Proves to a vendor who is calling; knows nothing of what is said.</summary>
internal interface IProviderAuthenticator
{
    /// <summary>Adds the credential to a request; answers with the failure when there is none to be had.</summary>
    ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
