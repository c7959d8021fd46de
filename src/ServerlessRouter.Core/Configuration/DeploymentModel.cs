using System.Collections.Frozen;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>One callable endpoint of a model at a provider.</summary>
public sealed class DeploymentModel
{
    /// <summary>What the Responses API has no counterpart for.</summary>
    private static readonly FrozenSet<string> OnlyInChat = ["n", "stop", "seed", "logit_bias", "frequency_penalty", "presence_penalty", "prediction"];

    /// <summary><c>provider/name</c>: how headers, records and health name it.</summary>
    public required string Id { get; init; }

    /// <summary>Position among the deployments of its model.</summary>
    public required int Index { get; init; }

    public required ProviderModel Provider { get; init; }

    /// <summary>What the vendor calls it; sent as the body's <c>model</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How the request's parameters are adapted before they go up: as the model's, and as the vendor demands; null where the model's alone hold.</summary>
    public ParameterAdaptation? Parameters { get; init; }

    /// <summary>How the catalogue says that the model is asked to think there; null where it does not know.</summary>
    public string? ReasoningForm { get; init; }

    public int Weight { get; init; } = 1;

    /// <summary>Lower is used first; the next group only when no deployment of this one may be called.</summary>
    public int Priority { get; init; }

    /// <summary>Configured capacity; null is unknown.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Configured capacity; null is unknown.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>How many calls it takes at once; null is unknown.</summary>
    public int? ConcurrentRequests { get; init; }

    /// <summary>It answers at OpenAI's Responses API and nowhere else.</summary>
    public bool OnlyResponses { get; init; }

    /// <summary>Whether it takes requests of this schema as they are.</summary>
    public bool Speaks(WireSchema schema) => schema switch
    {
        WireSchema.Responses => OnlyResponses || Provider.HasResponses,
        _ => Provider.Kind.Schema == schema && !OnlyResponses,
    };

    /// <summary>Whether its API has no counterpart for a parameter of chat completions.</summary>
    public bool Lacks(string parameter) => Provider.Kind.UnsupportedParameters.Contains(parameter) || (OnlyResponses && OnlyInChat.Contains(parameter));
}
