namespace ServerlessRouter.Configuration;

/// <summary>A vendor API the router may call.</summary>
public sealed record ProviderModel
{
    public required string Name { get; init; }

    /// <summary>One of <see cref="ProviderKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Base address, always with a trailing slash; null where the kind needs none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How the router proves who it is.</summary>
    public required Credential Credential { get; init; }

    /// <summary>For example <c>eastus2</c>; the base slug of region matches is <see cref="Name"/>.</summary>
    public string? Region { get; init; }

    /// <summary>The <c>api-version</c> of Azure's deployment paths; null calls the <c>/openai/v1</c> surface.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The vendor keeps or trains on prompts, so a request with <c>data_collection: deny</c> must not go there.</summary>
    public bool CollectsData { get; init; }

    /// <summary>The vendor keeps nothing at all (<c>zdr</c>).</summary>
    public bool HasZeroDataRetention { get; init; }

    /// <summary>How its calls leave this machine.</summary>
    public ProxyChoice Proxy { get; init; } = ProxyChoice.FromEnvironment.Instance;

    /// <summary>What is sent with every call besides what the router sends; replaces the router's own header of the same name.</summary>
    public ProviderAdditions Additions { get; init; } = ProviderAdditions.None;

    /// <summary>How the simulated kind behaves; null for every other kind.</summary>
    public SimulationModel? Simulation { get; init; }
}
