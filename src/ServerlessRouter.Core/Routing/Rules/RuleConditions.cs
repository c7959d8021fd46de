using System.Collections.Frozen;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The conditions there are, by name.</summary>
internal static class RuleConditions
{
    private static readonly FrozenDictionary<string, IRuleCondition> ByName = new IRuleCondition[]
    {
        new TaskCondition(), new TierCondition(), new LanguageCondition(), new DifficultyCondition(), new ConfidenceCondition(), new PromptTokensCondition(),
        new TurnsCondition(), new NeedsCondition(), new HeaderCondition(), new MetadataCondition(), new ParameterCondition(),
    }.ToFrozenDictionary(static condition => condition.Name);

    /// <summary>The condition of this name; configuration has been checked, so there is one.</summary>
    public static IRuleCondition Get(string name) => ByName[name];
}
