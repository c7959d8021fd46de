using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks how providers are authenticated, without ever repeating what was written there.</summary>
internal sealed class CredentialValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, provider) in context.Config.Providers.Entries())
        {
            if (context.KindOf(provider) is { } kind && Complaint(provider, kind, context) is { } complaint)
                context.Findings.Error($"{ConfigPath.Member("providers", name)}.credential", complaint);
        }
    }

    private static string? Complaint(ProviderConfig provider, ProviderKind kind, ValidationContext context) => (provider.Credential, kind.Access) switch
    {
        (CredentialNames.None, _) or (null, null) => null,
        (_, null) => $"has no meaning for a {kind} provider; leave it out",
        (null, { } access) => MayLackCredential(provider, access) ? null : $"is missing; {Allowed(context)}",
        (CredentialNames.Entra, { TakesEntra: true }) => null,
        (CredentialNames.Entra, _) => $"can be entra for {KindLists.TakingEntra(context.Kinds)} only; write env:NAME, keyvault:NAME or none",
        ({ } written, _) => SecretReference.Parse(written) switch
        {
            null => $"is not a reference to a secret, and secrets must not stand in the configuration; {SecretHabits.Meant(written) ?? Allowed(context)}",
            { Scheme: SecretSchemes.Sha256 } => $"is a hash, which opens nothing; {Allowed(context)}",
            { } reference => context.Secrets[reference].Problem,
        },
    };

    private static string Allowed(ValidationContext context) => $"write env:NAME, keyvault:NAME, entra ({KindLists.TakingEntra(context.Kinds)} only) or none";

    private static bool MayLackCredential(ProviderConfig provider, ProviderAccess access) =>
        access.MayLackCredentialOnThisMachine && provider.Endpoint is { } written && (ProviderEndpoints.Parse(written)?.IsLoopback ?? true);
}
