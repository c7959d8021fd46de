using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>What calling one deployment takes, worked out once.</summary>
internal sealed record UpstreamEndpoint(
    DeploymentModel Deployment, LanguageModel Model, Uri Address, ChatRequestPatch Patch, IProviderAuthenticator Authenticator, HttpMessageInvoker Invoker);
