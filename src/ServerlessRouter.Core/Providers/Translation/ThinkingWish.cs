using System.Text.Json;

namespace ServerlessRouter.Providers.Translation;

/// <summary>What a caller asks of reasoning, whichever member it says it in: <c>thinking</c> (Anthropic's), <c>reasoning</c> (OpenRouter's), <c>reasoning_effort</c> (OpenAI's).</summary>
internal readonly record struct ThinkingWish
{
    /// <summary>The member that says it; null where none does.</summary>
    public string? Param { get; init; }

    /// <summary>The member's value, for telling.</summary>
    public JsonElement Value { get; init; }

    /// <summary>No reasoning is wanted.</summary>
    public bool IsOff { get; init; }

    /// <summary><c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>, <c>max</c>; null where the caller leaves it open.</summary>
    public string? Effort { get; init; }

    /// <summary>Tokens to think with; null where the caller leaves it open.</summary>
    public int? BudgetTokens { get; init; }

    /// <summary>The reasoning is not wanted in the answer.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The vendor's own member, where the caller sent it.</summary>
    public JsonElement Own { get; init; }

    /// <summary>Reasoning is wanted.</summary>
    public bool IsOn => Param is not null && !IsOff;

    public static ThinkingWish Read(JsonElement request, TranslationNotes notes)
    {
        var effort = EffortOf(request, notes);
        var own = LooseJson.Member(request, "thinking");
        if (own.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ReadOwn(own, effort, notes);
        var reasoning = LooseJson.Member(request, "reasoning");
        if (reasoning.ValueKind == JsonValueKind.Object)
            return ReadReasoning(reasoning, effort, LooseJson.Member(request, "include_reasoning").ValueKind == JsonValueKind.False, notes);
        if (reasoning.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            notes.Drop("reasoning", reasoning);
        // Beside the vendor's own effort it is a copy for other vendors, and asks for no thinking.
        var isCopy = effort is not null && LooseJson.Text(LooseJson.Member(request, "output_config"), "effort") == effort;
        return effort is null || isCopy
            ? default
            : new ThinkingWish { Param = "reasoning_effort", Value = LooseJson.Member(request, "reasoning_effort"), IsOff = effort == "none", Effort = effort };
    }

    private static ThinkingWish ReadOwn(JsonElement own, string? effort, TranslationNotes notes)
    {
        var type = LooseJson.Text(own, "type");
        if (type is null)
            notes.Refuse("thinking", "'thinking' must be an object with a 'type', as {\"type\": \"adaptive\"} or {\"type\": \"enabled\", \"budget_tokens\": 2048}.");
        var budget = LooseJson.Count(own, "budget_tokens");
        return new ThinkingWish
        {
            Param = "thinking", Value = own, Own = own, IsOff = type is not ("enabled" or "adaptive"), Effort = effort == "none" ? null : effort,
            BudgetTokens = budget > 0 ? budget : null, IsHidden = LooseJson.Text(own, "display") == "omitted",
        };
    }

    private static ThinkingWish ReadReasoning(JsonElement reasoning, string? effort, bool isExcluded, TranslationNotes notes)
    {
        if (LooseJson.Text(reasoning, "effort") is { } level)
            effort = Known("reasoning.effort", level, LooseJson.Member(reasoning, "effort"), notes);
        var enabled = LooseJson.Member(reasoning, "enabled").ValueKind;
        var budget = LooseJson.Count(reasoning, "max_tokens");
        if (effort is null && budget == 0 && enabled is not (JsonValueKind.True or JsonValueKind.False))
            return default;
        return new ThinkingWish
        {
            Param = "reasoning", Value = reasoning, IsOff = enabled == JsonValueKind.False || effort == "none", Effort = effort, BudgetTokens = budget > 0 ? budget : null,
            IsHidden = isExcluded || LooseJson.Member(reasoning, "exclude").ValueKind == JsonValueKind.True,
        };
    }

    /// <summary><c>reasoning_effort</c> is a text; LiteLLM also takes <c>{"effort": …}</c>.</summary>
    private static string? EffortOf(JsonElement request, TranslationNotes notes)
    {
        var value = LooseJson.Member(request, "reasoning_effort");
        var text = LooseJson.Text(value, "effort") ?? LooseJson.Text(request, "reasoning_effort");
        if (text is not null)
            return Known("reasoning_effort", text, value, notes);
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            notes.Drop("reasoning_effort", value);
        return null;
    }

    private static string? Known(string param, string effort, JsonElement value, TranslationNotes notes)
    {
        if (effort is "none" or "minimal" or "low" or "medium" or "high" or "xhigh" or "max")
            return effort;
        notes.Drop(param, value);
        return null;
    }
}
