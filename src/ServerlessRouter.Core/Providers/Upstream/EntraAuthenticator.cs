using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Sends a token of the host's Entra identity.</summary>
internal sealed class EntraAuthenticator(EntraTokenSource tokens) : IProviderAuthenticator
{
    public ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pending = tokens.GetAsync(cancellationToken);
        return pending.IsCompletedSuccessfully ? new(Apply(request, pending.GetAwaiter().GetResult())) : AwaitAsync(request, pending);
    }

    private static async ValueTask<AttemptFailure?> AwaitAsync(HttpRequestMessage request, ValueTask<EntraToken> pending) =>
        Apply(request, await pending.ConfigureAwait(false));

    private static AttemptFailure? Apply(HttpRequestMessage request, EntraToken token)
    {
        if (token.Authorization is null)
            return token.Failure;
        request.Headers.TryAddWithoutValidation("Authorization", token.Authorization);
        return null;
    }
}
