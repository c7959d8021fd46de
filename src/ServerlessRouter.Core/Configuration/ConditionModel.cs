using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>One condition of a rule: which condition policy, and the validated arguments it reads.</summary>
/// <param name="Policy">Name of the condition; one of <see cref="ConditionNames"/>.</param>
/// <param name="Key">What is looked up (a header's or a parameter's name, a metadata key); null where the policy needs none.</param>
/// <param name="Values">Any of these matches.</param>
/// <param name="Minimum">Inclusive lower bound for numbers.</param>
/// <param name="Maximum">Inclusive upper bound for numbers.</param>
public sealed record ConditionModel(string Policy, string? Key, ImmutableArray<string> Values, double? Minimum, double? Maximum);
