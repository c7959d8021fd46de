using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>Looks for vendors in the environment variables that their own clients read, and where those tell of none, for a server of models on this machine.</summary>
/// <param name="variable">Gives the value of an environment variable, or null.</param>
/// <param name="servers">Asks servers what models they have.</param>
/// <param name="ownUrls">Where this router will listen: it is no vendor of its own.</param>
internal sealed class VendorSearch(Func<string, string?> variable, IModelServers servers, string ownUrls)
{
    private readonly ImmutableArray<Uri> _own = [.. ownUrls.Split(';').Select(static url => url.Trim().Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal))
        .Select(static url => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : null).OfType<Uri>()];

    private readonly List<string> _notes = [];

    public async Task<FoundVendors> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<FoundVendor>();
        foreach (var kind in ProviderKinds.All)
        {
            if (await LookAsync(kind, cancellationToken) is { } vendor)
                found.Add(vendor);
        }

        if (found.Count == 0 && await UntoldAsync(cancellationToken) is { } local)
            found.Add(local);
        return new FoundVendors([.. found], [.. _notes]);
    }

    private async Task<FoundVendor?> LookAsync(ProviderKind kind, CancellationToken cancellationToken)
    {
        if (kind.Access is not { } access)
            return null;
        var key = access.KeyVariables.FirstOrDefault(IsSet);
        var place = access.EndpointVariables.FirstOrDefault(IsSet);
        var endpoint = place is null ? null : Endpoint(kind, place);
        if (key is null && endpoint is null)
            return null;
        var source = endpoint is null ? key! : key is null ? place! : $"{key}, {place}";
        if (access.DefaultEndpoint is null && endpoint is null)
        {
            _notes.Add($"{kind.Title}: {key} is set, {string.Join(" or ", access.EndpointVariables)} is not; not used");
            return null;
        }

        if (endpoint is { IsLoopback: true })
        {
            var models = await servers.ModelsAsync(endpoint, key is null ? null : variable(key), cancellationToken);
            if (!models.IsEmpty)
                return new FoundVendor(kind, source) { Credential = key is null ? "none" : $"env:{key}", Endpoint = endpoint, Models = models };
            _notes.Add($"{place}: no server of models answers at {endpoint}; not used");
            return null;
        }

        // A resource of one's own may be called as the identity of this machine; its address is no address of others.
        if (key is null && access is { DefaultEndpoint: null, TakesEntra: true })
            return new FoundVendor(kind, $"{source}, Entra") { Credential = CredentialNames.Entra, Endpoint = endpoint };
        if (key is null && !access.KeyVariables.IsEmpty)
        {
            _notes.Add($"{kind.Title}: {place} is set, {string.Join(" or ", access.KeyVariables)} is not; not used");
            return null;
        }

        return new FoundVendor(kind, source) { Credential = key is null ? "none" : $"env:{key}", Endpoint = endpoint };
    }

    /// <summary>A server on this machine that nothing told of, where it listens by default.</summary>
    private async Task<FoundVendor?> UntoldAsync(CancellationToken cancellationToken)
    {
        var kind = ProviderKinds.All.First(static kind => kind.Access is { IsLookedFor: true });
        var endpoint = new Uri(kind.Access!.DefaultEndpoint!);
        if (IsOwn(endpoint))
            return null;
        var models = await servers.ModelsAsync(endpoint, key: null, cancellationToken);
        return models.IsEmpty ? null : new FoundVendor(kind, endpoint.GetLeftPart(UriPartial.Authority)) { Models = models };
    }

    private bool IsSet(string name) => !string.IsNullOrWhiteSpace(variable(name));

    /// <summary>The address a variable holds, as the vendor's own client reads it; null, with a note, where it cannot be called.</summary>
    private Uri? Endpoint(ProviderKind kind, string name)
    {
        var text = variable(name)!.Trim();
        var access = kind.Access!;
        if (access.IsLookedFor)
            text = (text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}").Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var written) || written.Scheme is not ("http" or "https") || written is not { UserInfo: "", Query: "", Fragment: "" })
        {
            _notes.Add($"{name} is no http address; not used");
            return null;
        }

        if (IsOwn(written))
        {
            _notes.Add($"{name} points at this router; not used");
            return null;
        }

        var path = written.AbsolutePath.TrimEnd('/');
        if (access.ClientsAddVersion && !path.EndsWith("/v1", StringComparison.Ordinal))
            path += "/v1";
        var isPortLeftOut = access.IsLookedFor && written.IsDefaultPort && !text.EndsWith($":{written.Port}", StringComparison.Ordinal);
        var port = isPortLeftOut ? new Uri(access.DefaultEndpoint!).Port : written.Port;
        var endpoint = new UriBuilder(written.Scheme, written.Host, port, path + "/").Uri;
        return access.DefaultEndpoint is { } usual && endpoint == new Uri(usual) && access.KeyVariables.Length > 0 ? null : endpoint;
    }

    private bool IsOwn(Uri address) => address.IsLoopback && _own.Any(own => own.Port == address.Port);
}

/// <summary>Asks servers what models they have.</summary>
internal interface IModelServers
{
    /// <summary>The names of the models at a base address; none where no server answers in a moment.</summary>
    Task<ImmutableArray<string>> ModelsAsync(Uri endpoint, string? key, CancellationToken cancellationToken);
}
