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
            ValidateEndpoint(provider, $"{path}.endpoint", context.Findings);
            ValidateKindMembers(provider, path, context.Findings);
        }
    }

    private static void ValidateEndpoint(ProviderConfig provider, string path, Findings findings)
    {
        if (provider.Endpoint is null)
        {
            if (provider.Kind == ProviderKinds.AzureOpenAI)
                findings.Error(path, "is missing; write the resource's address, for example https://NAME.openai.azure.com/");
            return;
        }

        // The address itself may carry credentials, so it is not quoted.
        if (provider.Kind == ProviderKinds.Simulated)
            findings.Error(path, "has no meaning for a simulated provider; leave it out");
        else if (ProviderEndpoints.Parse(provider.Endpoint) is not { } endpoint)
            findings.Error(path, "must be an absolute http or https address without user, query and fragment, for example https://api.openai.com/v1/");
        else if (OperationIn(endpoint, provider.Kind) is { } operation)
            findings.Error(path, $"goes on to {operation}, which the router adds itself; write the base address only");
        else if (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback && provider.Credential is not (null or CredentialNames.None))
            findings.Warning(path, "is plain http, so the credential and every prompt can be read on the way; use https");
    }

    /// <summary>What of the path belongs to the single call, as it is when an address was copied from an example.</summary>
    private static string? OperationIn(Uri endpoint, string? kind)
    {
        var path = endpoint.AbsolutePath;
        if (path.EndsWith("/chat/completions/", StringComparison.OrdinalIgnoreCase))
            return "chat/completions";
        if (kind == ProviderKinds.Anthropic && path.EndsWith("/messages/", StringComparison.OrdinalIgnoreCase))
            return "messages";
        return kind == ProviderKinds.AzureOpenAI && path.Contains("/openai/", StringComparison.OrdinalIgnoreCase) ? "openai/" : null;
    }

    private static void ValidateKindMembers(ProviderConfig provider, string path, Findings findings)
    {
        if (provider.Kind is null)
            return;
        if (provider.ApiVersion is not null && provider.Kind != ProviderKinds.AzureOpenAI)
            findings.Error($"{path}.apiVersion", $"has a meaning for {ProviderKinds.AzureOpenAI} only; leave it out");
        if (provider.Simulation is not null && provider.Kind != ProviderKinds.Simulated)
            findings.Error($"{path}.simulation", $"has a meaning for {ProviderKinds.Simulated} only; leave it out");
        if (provider is { DataCollection: true, ZeroDataRetention: true })
            findings.Error($"{path}.zeroDataRetention", "contradicts dataCollection: a vendor that keeps prompts does not keep nothing");
    }
}
