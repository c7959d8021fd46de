using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Finds what the catalogue says of a model at the vendor that a configuration calls for it.</summary>
internal sealed class CatalogueLookup(RouterConfig config, IReadOnlyList<ProviderKind> kinds, Lazy<ModelCatalogue> catalogue)
{
    /// <summary>By the vendor's own name for it, else by the model's: a deployment on Azure has a name of its owner's choice. Null where it is not known.</summary>
    public CatalogueModel? Find(string model, DeploymentConfig deployment) =>
        deployment.Provider is { } provider && config.Providers?.GetValueOrDefault(provider) is { } written && VendorOf(written) is { } vendor
            ? catalogue.Value.Find(vendor, deployment.Name ?? model) ?? catalogue.Value.Find(vendor, model)
            : null;

    public ProviderKind? KindOf(ProviderConfig provider) => kinds.FirstOrDefault(kind => kind.Name == provider.Kind);

    /// <summary>Whose models a provider serves: its kind's, unless a kind that any vendor may speak is used at an address of its owner's. Null where that is not known.</summary>
    public string? VendorOf(ProviderConfig provider)
    {
        if (KindOf(provider) is not { Access: { } access } kind)
            return null;
        if (provider.Endpoint is null || access.DefaultEndpoint is null || kind.Base is not null)
            return kind.Name;
        return ProviderEndpoints.Parse(provider.Endpoint) is { } endpoint
            && (endpoint.Host == new Uri(access.DefaultEndpoint).Host || (access.EntraHosts is { } hosts && endpoint.Host.EndsWith(hosts, StringComparison.OrdinalIgnoreCase)))
            ? kind.Name
            : null;
    }
}
