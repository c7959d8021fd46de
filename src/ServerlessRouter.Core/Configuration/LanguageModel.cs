using System.Collections.Immutable;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>What is chosen: a model with its price, window, abilities and quality, and the deployments that serve it.</summary>
public sealed class LanguageModel
{
    public required string Name { get; init; }

    /// <summary>Position in <see cref="RouterModel.Models"/>.</summary>
    public required int Index { get; init; }

    public required ModelPrice Price { get; init; }

    /// <summary>Whose state the price is of: the version of the catalogue, or that of the configuration where it is written there.</summary>
    public string PriceVersion { get; init; } = "";

    /// <summary>Tokens of prompt and answer together.</summary>
    public required int ContextWindow { get; init; }

    /// <summary>Most tokens the model answers with; null where only the window bounds it.</summary>
    public int? MaxOutputTokens { get; init; }

    public required Capabilities Capabilities { get; init; }

    /// <summary>False for a model that makes embeddings.</summary>
    public bool AnswersChat => (Capabilities & Capabilities.Embeddings) == Capabilities.None;

    /// <summary>False for a model that answers in one piece; a caller who wants a stream gets that one piece as a stream.</summary>
    public bool Streams => Capabilities.HasFlag(Capabilities.Streaming);

    /// <summary>Expected quality 0..1 for each <see cref="TaskKind"/>, the default where the configuration names none.</summary>
    public required ImmutableArray<float> QualityByTask { get; init; }

    /// <summary>As <see cref="QualityByTask"/>, moved by what a team's own outcomes teach; the same where there are none.</summary>
    public ImmutableArray<float> LearntQualityByTask
    {
        get => field.IsDefault ? QualityByTask : field;
        init;
    }

    /// <summary>Quality when the task is unknown.</summary>
    public required float DefaultQuality { get; init; }

    /// <summary>The configuration says how good it is; where not, the figures above are mere defaults.</summary>
    public bool StatesQuality { get; init; } = true;

    /// <summary>Name of the balancing policy; one of <see cref="BalancingPolicies"/>.</summary>
    public required string Balancing { get; init; }

    /// <summary>The turns of a conversation go to one deployment, where the vendor's prompt cache holds what came before, whatever the policy.</summary>
    public bool KeepsConversations { get; init; } = true;

    public required ImmutableArray<DeploymentModel> Deployments { get; init; }

    /// <summary>The tokenizer of every deployment, as the catalogue names it; null where it is not known of one, or they differ.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>How the request's parameters are adapted before they go up.</summary>
    public required ParameterAdaptation Parameters { get; init; }

    /// <summary>Quality for a task, or the default when it is unknown.</summary>
    public float QualityFor(TaskKind? task) => task is { } known ? QualityByTask[(int)known] : DefaultQuality;
}
