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

/// <summary>One condition of a rule: which condition policy, and the validated arguments it reads.</summary>
/// <param name="Policy">Name of the condition; one of <see cref="ConditionNames"/>.</param>
/// <param name="Key">What is looked up (a header's or a parameter's name, a metadata key); null where the policy needs none.</param>
/// <param name="Values">Any of these matches.</param>
/// <param name="Minimum">Inclusive lower bound for numbers.</param>
/// <param name="Maximum">Inclusive upper bound for numbers.</param>
public sealed record ConditionModel(string Policy, string? Key, ImmutableArray<string> Values, double? Minimum, double? Maximum);
