using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>What an owner does about a provider that did not answer.</summary>
internal static class ProviderRemedies
{
    /// <summary>One sentence; null where the provider works and nothing is to be mended.</summary>
    public static string? Of(AttemptFailure failure, ProviderModel provider, DeploymentModel deployment) => failure.Kind switch
    {
        FailureKind.CredentialRefused => provider.Credential switch
        {
            Credential.ApiKey key => $"the key in {Named(key)} was refused{Status(failure)}; make a new one at the vendor, or look whether it belongs to {Host(provider)}",
            Credential.Entra => $"the identity of this machine was refused{Status(failure)}; give it the role to call {Host(provider)}",
            _ => $"it wants a key{Status(failure)}; write \"credential\": \"env:NAME\" under providers.{provider.Name}",
        },
        FailureKind.QuotaExhausted => $"the credit or quota is used up{Status(failure)}; top up the account that {(provider.Credential is Credential.ApiKey key ? Named(key) : "is used")} belongs to",
        // It knows the key and the model, and is busy.
        FailureKind.RateLimited or FailureKind.Overloaded => null,
        FailureKind.DeploymentNotFound => $"{Host(provider)} does not know it{Status(failure)}; write the name that the vendor uses under deployments, or mend endpoint of providers.{provider.Name}",
        FailureKind.ConnectFailed => $"{Host(provider)} cannot be reached: {failure.Detail} Look at endpoint of providers.{provider.Name}, at the proxy (HTTPS_PROXY, NO_PROXY, or proxy of the provider), and, where TLS is named, at the certificates this machine trusts",
        FailureKind.FirstTokenTimeout or FailureKind.Stalled or FailureKind.DeadlinePassed => $"no answer from {Host(provider)} in time; look at the proxy and the firewall, or try again",
        FailureKind.RequestRejected or FailureKind.NotExpressible => $"the question was refused{Status(failure)}; the key works: see what the model takes, and parameters of the model (docs/configuration.md)",
        FailureKind.ContentFiltered => "a content filter refused a harmless question; look at its settings",
        _ => $"{failure.Detail}{Status(failure)}",
    };

    private static string Named(Credential.ApiKey key) => key.Reference.Length > 0 ? key.Reference : "the configuration";

    private static string Host(ProviderModel provider) => provider.Endpoint?.Authority ?? provider.Name;

    private static string Status(AttemptFailure failure) => failure.UpstreamStatus is { } status ? $" ({status})" : "";
}
