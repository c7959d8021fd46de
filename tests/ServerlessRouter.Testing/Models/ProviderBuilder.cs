using ServerlessRouter.Configuration;
using ServerlessRouter.Providers;

namespace ServerlessRouter.Testing.Models;

/// <summary>A provider of a <see cref="RouterBuilder"/>; simulated, without region and credential unless the test says otherwise.</summary>
public sealed class ProviderBuilder(string name)
{
    private ProviderModel _provider = new() { Name = name, Kind = ProviderKinds.Simulated, Credential = Configuration.Credential.None.Instance };

    public ProviderBuilder Kind(ProviderKind kind, Uri? endpoint = null) => With(_provider with { Kind = kind, Endpoint = endpoint });

    public ProviderBuilder Credential(Credential credential) => With(_provider with { Credential = credential });

    public ProviderBuilder Region(string region) => With(_provider with { Region = region });

    public ProviderBuilder CollectsData() => With(_provider with { CollectsData = true });

    public ProviderBuilder KeepsNothing() => With(_provider with { HasZeroDataRetention = true });

    internal ProviderModel Build() => _provider;

    private ProviderBuilder With(ProviderModel provider)
    {
        _provider = provider;
        return this;
    }
}
