using Azure.Core;

namespace DotnetClient;

/// <summary>
/// Gives the router's key where an application hands a <see cref="TokenCredential"/> around. The router knows keys alone: the tokens of <c>DefaultAzureCredential</c> and its
/// like are answered with 401.
/// </summary>
internal sealed class RouterKeyCredential(string key) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(key, DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}
