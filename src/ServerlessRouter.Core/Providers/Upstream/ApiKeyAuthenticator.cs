using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Sends a key in the header the vendor wants it in.</summary>
internal sealed class ApiKeyAuthenticator(string header, string value) : IProviderAuthenticator
{
    public ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(header, value);
        return default;
    }
}
