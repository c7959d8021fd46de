using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>One callable endpoint of a model at a provider.</summary>
public sealed class DeploymentModel
{
    /// <summary><c>provider/name</c>: how headers, records and health name it.</summary>
    public required string Id { get; init; }

    /// <summary>Position among the deployments of its model.</summary>
    public required int Index { get; init; }

    public required ProviderModel Provider { get; init; }

    /// <summary>What the vendor calls it; sent as the body's <c>model</c>.</summary>
    public required string Name { get; init; }

    public int Weight { get; init; } = 1;

    /// <summary>Lower is used first; the next group only when no deployment of this one may be called.</summary>
    public int Priority { get; init; }

    /// <summary>Configured capacity; null is unknown.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Configured capacity; null is unknown.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Whether it takes requests of this schema as they are.</summary>
    public bool Speaks(WireSchema schema) => Provider.Kind.Schema == schema;
}
