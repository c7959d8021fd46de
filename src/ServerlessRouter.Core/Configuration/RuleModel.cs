using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>A rule of a route: when every condition holds, only these models are used, in this order where the objective does not say otherwise.</summary>
public sealed class RuleModel
{
    /// <summary>Where it stands in the configuration, for example <c>routes.auto.rules[0]</c>; the reason given in explanations.</summary>
    public required string Path { get; init; }

    /// <summary>All must hold.</summary>
    public required ImmutableArray<ConditionModel> Conditions { get; init; }

    public required ImmutableArray<LanguageModel> Use { get; init; }
}
