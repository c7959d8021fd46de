using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks how providers are authenticated, without ever repeating what was written there.</summary>
internal sealed class CredentialValidator : IConfigValidator
{
    private const string Allowed = "write env:NAME, keyvault:NAME, entra (azure-openai only) or none";

    public void Validate(ValidationContext context)
    {
        foreach (var (name, provider) in context.Config.Providers.Entries())
        {
            if (Complaint(provider, context.Secrets) is { } complaint)
                context.Findings.Error($"{ConfigPath.Member("providers", name)}.credential", complaint);
        }
    }

    private static string? Complaint(ProviderConfig provider, ResolvedSecrets secrets) => (provider.Credential, provider.Kind) switch
    {
        (_, null) or (null, ProviderKinds.Simulated) or (CredentialNames.None, _) => null,
        (_, ProviderKinds.Simulated) => "has no meaning for a simulated provider; leave it out",
        (null, _) => MayGoWithout(provider) ? null : $"is missing; {Allowed}",
        (CredentialNames.Entra, ProviderKinds.AzureOpenAI) => null,
        (CredentialNames.Entra, _) => "can be entra for azure-openai only; write env:NAME, keyvault:NAME or none",
        ({ } written, _) => SecretReference.Parse(written) switch
        {
            null => $"is not a reference to a secret, and secrets must not stand in the configuration; {SecretHabits.Meant(written) ?? Allowed}",
            { Scheme: SecretSchemes.Sha256 } => $"is a hash, which opens nothing; {Allowed}",
            { } reference => secrets[reference].Problem,
        },
    };

    private static bool MayGoWithout(ProviderConfig provider) =>
        provider is { Kind: ProviderKinds.OpenAI or ProviderKinds.Anthropic, Endpoint: { } written } && (ProviderEndpoints.Parse(written)?.IsLoopback ?? true);
}
