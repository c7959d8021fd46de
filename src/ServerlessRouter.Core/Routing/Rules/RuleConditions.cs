using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

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

/// <summary>The classifier's confidence lies in a range.</summary>
internal sealed class ConfidenceCondition : IRuleCondition
{
    public string Name => ConditionNames.Confidence;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes(context.Profile.Confidence);
}

/// <summary>The difficulty lies in a range.</summary>
internal sealed class DifficultyCondition : IRuleCondition
{
    public string Name => ConditionNames.Difficulty;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes(context.Profile.Difficulty);
}

/// <summary>The request is written in one of these languages.</summary>
internal sealed class LanguageCondition : IRuleCondition
{
    public string Name => ConditionNames.Language;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Lists(context.Profile.Language, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The estimated prompt tokens lie in a range.</summary>
internal sealed class PromptTokensCondition : IRuleCondition
{
    public string Name => ConditionNames.PromptTokens;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes((double)context.Profile.PromptTokens);
}

/// <summary>The caller is of one of these tiers.</summary>
internal sealed class TierCondition : IRuleCondition
{
    public string Name => ConditionNames.Tier;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Lists(context.Tier.Name);
}

/// <summary>The number of user messages lies in a range.</summary>
internal sealed class TurnsCondition : IRuleCondition
{
    public string Name => ConditionNames.Turns;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes((double)context.Profile.Turns);
}

/// <summary>The classifier is sure of one of these tasks.</summary>
internal sealed class TaskCondition : IRuleCondition
{
    public string Name => ConditionNames.Task;

    public bool Holds(ConditionModel condition, RequestContext context) => context.Profile.Task is { } task && condition.Lists(task.ToWireName());
}

/// <summary>A header has one of these values, case ignored; without values, it is sent at all.</summary>
internal sealed class HeaderCondition : IRuleCondition
{
    public string Name => ConditionNames.Headers;

    public bool Holds(ConditionModel condition, RequestContext context) =>
        context.Headers.Get(condition.Key!) is { } value
        && (condition.Values.IsEmpty || condition.Lists(value.AsSpan().Trim(), StringComparison.OrdinalIgnoreCase));
}

/// <summary>The request needs one of these capabilities.</summary>
internal sealed class NeedsCondition : IRuleCondition
{
    public string Name => ConditionNames.Needs;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        var needs = context.Request.Needs | context.Profile.Needs;
        foreach (var value in condition.Values)
        {
            if (CapabilityNames.TryParse(value, out var capability) && (needs & capability) != 0)
                return true;
        }

        return false;
    }
}

/// <summary>A top-level parameter of the request has one of these values or lies in a range.</summary>
internal sealed class ParameterCondition : IRuleCondition
{
    public string Name => ConditionNames.Parameters;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        var bytes = context.Request.Bytes;
        foreach (var member in context.Request.Members)
        {
            if (!Ascii.Equals(member.Name.In(bytes), condition.Key))
                continue;
            var reader = RequestJson.ReadValue(context.Request, member);
            return JsonScalar.Matches(ref reader, condition);
        }

        return false;
    }
}

/// <summary>A member of the request's <c>metadata</c> object has one of these values or lies in a range.</summary>
internal sealed class MetadataCondition : IRuleCondition
{
    public string Name => ConditionNames.Metadata;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        if (!context.Request.TryGetMember("metadata"u8, out var metadata) || metadata.Kind != JsonTokenType.StartObject)
            return false;

        var reader = RequestJson.ReadValue(context.Request, metadata);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = JsonScalar.IsText(ref reader, condition.Key);
            reader.Read();
            if (isKey)
                return JsonScalar.Matches(ref reader, condition);
            reader.Skip();
        }

        return false;
    }
}

/// <summary>How the arguments of a condition are compared.</summary>
internal static class ConditionArguments
{
    /// <summary>Whether the condition bounds numbers.</summary>
    public static bool HasRange(this ConditionModel condition) => condition.Minimum is not null || condition.Maximum is not null;

    /// <summary>Whether a number lies inside the bounds, both inclusive.</summary>
    public static bool Includes(this ConditionModel condition, double value) =>
        (condition.Minimum is not { } minimum || value >= minimum) && (condition.Maximum is not { } maximum || value <= maximum);

    /// <summary>As <see cref="Includes(ConditionModel, double)"/> in single precision, so that a score of 0.7 is not below a bound of 0.7.</summary>
    public static bool Includes(this ConditionModel condition, float value) =>
        (condition.Minimum is not { } minimum || value >= (float)minimum) && (condition.Maximum is not { } maximum || value <= (float)maximum);

    /// <summary>Whether the text is one of the values.</summary>
    public static bool Lists(this ConditionModel condition, ReadOnlySpan<char> text, StringComparison comparison = StringComparison.Ordinal)
    {
        foreach (var value in condition.Values)
        {
            if (text.Equals(value, comparison))
                return true;
        }

        return false;
    }
}
