using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What goes up of thinking, effort and the limit of tokens that thinking counts into.</summary>
internal readonly record struct ThinkingPlan
{
    /// <summary><c>max_tokens</c>.</summary>
    public required int MaxTokens { get; init; }

    /// <summary><c>thinking.type</c>; null where <c>thinking</c> is left out.</summary>
    public string? Type { get; init; }

    /// <summary><c>thinking.budget_tokens</c>; 0 for none.</summary>
    public int BudgetTokens { get; init; }

    /// <summary><c>thinking.display</c>; null for the vendor's default.</summary>
    public string? Display { get; init; }

    /// <summary><c>output_config.effort</c>; null for the vendor's default.</summary>
    public string? Effort { get; init; }

    /// <summary>The caller's own <c>thinking</c>, which goes up as it is.</summary>
    public JsonElement Own { get; init; }

    /// <summary>The model is asked to think.</summary>
    public bool IsOn => Type is "enabled" or "adaptive";
}
