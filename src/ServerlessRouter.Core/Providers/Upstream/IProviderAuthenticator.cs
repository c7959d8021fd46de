using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Proves to a vendor who is calling; knows nothing of what is said.</summary>
internal interface IProviderAuthenticator
{
    /// <summary>Adds the credential to a request; answers with the failure when there is none to be had.</summary>
    ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}

internal sealed class NoAuthenticator : IProviderAuthenticator
{
    public static readonly NoAuthenticator Instance = new();

    private NoAuthenticator()
    {
    }

    public ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken) => default;
}

/// <summary>Sends a key in the header the vendor wants it in.</summary>
internal sealed class ApiKeyAuthenticator(string header, string value) : IProviderAuthenticator
{
    public ValueTask<AttemptFailure?> AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(header, value);
        return default;
    }
}

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
