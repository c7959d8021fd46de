using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that providers can be called as written.</summary>
internal sealed class ProviderValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, provider) in context.Config.Providers.Entries())
        {
            var path = ConfigPath.Member("providers", name);
            if (name.Contains('/', StringComparison.Ordinal))
                context.Findings.Error(path, "has a slash in its name, which separates provider and deployment; use letters, digits, '-', '_' and '.'");
            var kind = context.KindOf(provider);
            ValidateEndpoint(provider, kind, $"{path}.endpoint", context);
            if (kind is not null)
                ValidateKindMembers(provider, kind, path, context);
        }
    }

    private static void ValidateEndpoint(ProviderConfig provider, ProviderKind? kind, string path, ValidationContext context)
    {
        if (provider.Endpoint is null)
        {
            if (kind?.Access is { DefaultEndpoint: null } access)
                context.Findings.Error(path, $"is missing; write {access.EndpointHint}");
            return;
        }

        // The address itself may carry credentials, so it is not quoted.
        if (kind is { Access: null })
            context.Findings.Error(path, $"has no meaning for a {kind} provider; leave it out");
        else if (ProviderEndpoints.Parse(provider.Endpoint) is not { } endpoint)
            context.Findings.Error(path, $"must be an absolute http or https address without user, query and fragment{(kind is null ? "" : $"; write {kind.Access!.EndpointHint}")}");
        else if (OperationIn(endpoint, kind?.Access) is { } operation)
            context.Findings.Error(path, $"goes on to {operation}, which the router adds itself; write the base address only");
        else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback && provider.Credential is not (null or CredentialNames.None))
            context.Findings.Warning(path, "is plain http, so the credential and every prompt can be read on the way; use https");
    }

    /// <summary>What of the path belongs to the single call, as it is when an address was copied from an example.</summary>
    private static string? OperationIn(Uri endpoint, ProviderAccess? access)
    {
        var path = endpoint.AbsolutePath;
        return access?.OperationSuffixes.FirstOrDefault(suffix => path.EndsWith($"/{suffix}/", StringComparison.OrdinalIgnoreCase))
            ?? (access?.OperationRoot is { } root && path.Contains($"/{root}", StringComparison.OrdinalIgnoreCase) ? root : null);
    }

    private static void ValidateKindMembers(ProviderConfig provider, ProviderKind kind, string path, ValidationContext context)
    {
        foreach (var member in OwnMembersIn(provider))
        {
            if (!kind.OwnMembers.Contains(member))
                context.Findings.Error($"{path}.{member}", $"has a meaning for {KindLists.Owning(member, context.Kinds)} only; leave it out");
        }

        if (provider is { DataCollection: true, ZeroDataRetention: true })
            context.Findings.Error($"{path}.zeroDataRetention", "contradicts dataCollection: a vendor that keeps prompts does not keep nothing");
    }

    /// <summary>The members that only some kinds have, as far as they are written.</summary>
    internal static IEnumerable<string> OwnMembersIn(ProviderConfig provider)
    {
        if (provider.ApiVersion is not null)
            yield return KindMembers.ApiVersion;
        if (provider.Responses is not null)
            yield return KindMembers.Responses;
        if (provider.Simulation is not null)
            yield return KindMembers.Simulation;
    }
}

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
        (CredentialNames.Entra, { EntraHosts: { } hosts } access) when !IsAt(provider, hosts) =>
            $"can be entra only at an endpoint on Azure, https://NAME{hosts}/…, because no other host may be shown a token of yours; write that endpoint, or a key's reference{(access.KeyVariables is [var usual, ..] ? $": env:{usual}" : "")}",
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

    private static bool IsAt(ProviderConfig provider, string hosts) =>
        provider.Endpoint is { } written && ProviderEndpoints.Parse(written) is { Scheme: "https" } endpoint && endpoint.Host.EndsWith(hosts, StringComparison.OrdinalIgnoreCase);

    private static bool MayLackCredential(ProviderConfig provider, ProviderAccess access) =>
        access.MayLackCredentialOnThisMachine && (provider.Endpoint ?? access.DefaultEndpoint) is { } address && (ProviderEndpoints.Parse(address)?.IsLoopback ?? true);
}
