using Azure.Core;
using Azure.Identity;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>The demonstration has no identity of Azure, for the reason that <see cref="DemoSecrets"/> gives.</summary>
internal sealed class DemoCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new CredentialUnavailableException("--demo lets every user of this machine in, so it uses no identity of Azure; start without --demo.");

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}
