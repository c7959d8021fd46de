using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

internal sealed class NoAuthenticator : IProviderAuthenticator
{
    public static readonly NoAuthenticator Instance = new();

    private NoAuthenticator()
    {
    }

    public ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken) => default;
}
