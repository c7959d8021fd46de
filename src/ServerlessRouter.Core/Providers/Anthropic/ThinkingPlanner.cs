using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Decides how a model is asked to think: 1 what the caller wishes, 2 what stands against it in this request, 3 the form the model takes, 4 the limit it must fit into.
/// </summary>
internal sealed class ThinkingPlanner(JsonElement request, LanguageModel model, ClaudeTraits traits, TranslationNotes notes)
{
    /// <summary>Sent where neither the caller nor the configuration names a limit: the vendor demands one.</summary>
    public const int DefaultMaxTokens = 4096;

    /// <summary>The least thinking budget the vendor takes.</summary>
    public const int MinBudgetTokens = 1024;

    /// <summary>The least that is left for the answer beside a thinking budget.</summary>
    public const int MinAnswerTokens = 256;

    /// <summary>
    /// The plan. <paramref name="isObstructed"/>: the model thinks, but the vendor refuses thinking in this request. <paramref name="lacksThinking"/>: so it is where thinking has a budget, for a call is
    /// being answered without its thinking; one that thinks adaptively takes that.
    /// </summary>
    public ThinkingPlan Plan(bool isObstructed, bool lacksThinking)
    {
        var wish = ThinkingWish.Read(request, notes);
        var asked = AskedTokens();
        if (wish.IsOn && CannotThink(wish))
        {
            notes.Drop(wish.Param!, wish.Value);
            wish = default;
        }

        var limit = Limit(asked, wish);
        return WithVerbosity(ByWish(wish, limit, isObstructed, lacksThinking));
    }

    /// <summary>Tokens for an effort, where it is a budget. The vendor takes no less than <see cref="MinBudgetTokens"/>.</summary>
    public static int BudgetFor(string? effort) => effort switch
    {
        "minimal" or "low" => 1024,
        "medium" => 2048,
        "xhigh" => 8192,
        "max" => 16_384,
        _ => 4096,
    };

    private ThinkingPlan ByWish(in ThinkingWish wish, int limit, bool isObstructed, bool lacksThinking)
    {
        if (wish.Param is null)
            return new ThinkingPlan { MaxTokens = limit };
        if (wish.IsOff)
            return Off(wish, limit);
        var plan = traits.Thinking == ThinkingForm.Adaptive ? Adaptive(wish, limit) : Budget(wish, limit);
        isObstructed |= lacksThinking && !(traits.IsKnown && plan.Type == "adaptive");
        return isObstructed && plan.IsOn ? Without(plan, wish) : plan;
    }

    /// <summary>The vendor's own member says that the model thinks, whatever the configuration does.</summary>
    private bool CannotThink(in ThinkingWish wish) =>
        traits.Thinking == ThinkingForm.None || (wish.Own.ValueKind == JsonValueKind.Undefined && !model.Capabilities.HasFlag(Capabilities.Reasoning));

    private int? AskedTokens()
    {
        int? asked = null;
        foreach (var name in (ReadOnlySpan<string>)["max_completion_tokens", "max_tokens"])
        {
            if (LooseJson.Member(request, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value))
                asked = Math.Min(asked ?? int.MaxValue, (int)Math.Clamp(value, 1, int.MaxValue));
        }

        return asked;
    }

    /// <summary>Never more than the caller's. Where the caller names none, thinking does not take from the answer's room.</summary>
    private int Limit(int? asked, in ThinkingWish wish)
    {
        var max = model.MaxOutputTokens ?? traits.MaxTokens ?? int.MaxValue;
        if (asked > max)
            notes.Change("max_tokens", asked.Value, max);
        var limit = asked ?? model.MaxOutputTokens ?? DefaultMaxTokens + (wish.IsOn ? wish.BudgetTokens ?? BudgetFor(wish.Effort) : 0);
        return Math.Min(limit, max);
    }

    private ThinkingPlan Off(in ThinkingWish wish, int limit)
    {
        var own = LooseJson.Text(wish.Own, "type");
        switch (traits.Off)
        {
            case ThinkingOff.LeftOut:
                return new ThinkingPlan { MaxTokens = limit, Own = wish.Own };
            case ThinkingOff.Disabled:
                return own is null or "disabled" ? new ThinkingPlan { MaxTokens = limit, Type = "disabled" } : new ThinkingPlan { MaxTokens = limit, Own = wish.Own };
            case ThinkingOff.BetweenTools:
                if (own != "between_tools")
                    notes.Change(wish.Param!, wish.Value, "between_tools");
                return new ThinkingPlan { MaxTokens = limit, Type = "between_tools" };
            case ThinkingOff.Never:
                notes.Change(wish.Param!, wish.Value, "low");
                return new ThinkingPlan { MaxTokens = limit, Effort = "low" };
            default:
                throw new InvalidOperationException($"{traits.Off} is no way to switch thinking off");
        }
    }

    private ThinkingPlan Adaptive(in ThinkingWish wish, int limit)
    {
        var own = LooseJson.Text(wish.Own, "type");
        if (own == "enabled" && traits.TakesBudget)
            return Budget(wish, limit);
        var effort = wish.Effort ?? (wish.BudgetTokens is { } budget ? EffortFor(budget) : null);
        if (own == "enabled")
            notes.Change("thinking.type", "enabled", "adaptive");
        if (wish.BudgetTokens is not null)
            notes.Change(wish.Param == "thinking" ? "thinking.budget_tokens" : "reasoning.max_tokens", wish.BudgetTokens.Value.ToString(CultureInfo.InvariantCulture), effort);
        return new ThinkingPlan
        {
            MaxTokens = limit,
            Type = "adaptive",
            Own = own == "adaptive" ? wish.Own : default,
            Effort = Taken(effort, wish.Param == "reasoning" ? "reasoning.effort" : "reasoning_effort"),
            // The models that think only so leave the text out unless they are asked for it.
            Display = wish.IsHidden ? "omitted" : traits.TakesBudget ? null : "summarized",
        };
    }

    private ThinkingPlan Budget(in ThinkingWish wish, int limit)
    {
        var own = LooseJson.Text(wish.Own, "type");
        if (own == "adaptive" && !traits.IsKnown)
            return new ThinkingPlan { MaxTokens = limit, Type = "adaptive", Own = wish.Own, Effort = wish.Effort is "minimal" ? "low" : wish.Effort };
        if (own == "adaptive")
            notes.Change("thinking.type", "adaptive", "enabled");
        if (wish is { Effort: "minimal", BudgetTokens: null })
            notes.Change(wish.Param == "reasoning" ? "reasoning.effort" : "reasoning_effort", "minimal", "low");
        var wanted = wish.BudgetTokens ?? BudgetFor(wish.Effort);
        if (limit < MinBudgetTokens + MinAnswerTokens)
        {
            notes.Drop(wish.Param!, wish.Value);
            return new ThinkingPlan { MaxTokens = limit };
        }

        // Half of the limit at most, so that there is room to answer.
        var budget = Math.Clamp(wanted, MinBudgetTokens, Math.Max(MinBudgetTokens, limit / 2));
        if (budget != wanted)
            notes.Change("thinking.budget_tokens", wanted, budget);
        return new ThinkingPlan { MaxTokens = limit, Type = "enabled", BudgetTokens = budget, Display = wish.IsHidden ? "omitted" : null };
    }

    /// <summary>Without thinking a high effort is the most that is taken.</summary>
    private ThinkingPlan Without(in ThinkingPlan plan, in ThinkingWish wish)
    {
        notes.Drop(wish.Param!, wish.Value);
        return new ThinkingPlan { MaxTokens = plan.MaxTokens, Effort = plan.Effort is "xhigh" or "max" ? "high" : plan.Effort };
    }

    /// <summary>OpenRouter's <c>verbosity</c> is the effort of an answer, where reasoning does not say another.</summary>
    private ThinkingPlan WithVerbosity(in ThinkingPlan plan)
    {
        var verbosity = LooseJson.Member(request, "verbosity");
        if (verbosity.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return plan;
        if (plan is { Effort: null, IsOn: false } && traits.Thinking == ThinkingForm.Adaptive
            && LooseJson.Text(request, "verbosity") is "low" or "medium" or "high")
            return plan with { Effort = LooseJson.Text(request, "verbosity") };
        notes.Drop("verbosity", verbosity);
        return plan;
    }

    /// <summary>The nearest level that the model takes.</summary>
    private string? Taken(string? effort, string param)
    {
        var taken = effort switch
        {
            "minimal" => "low",
            "xhigh" when !traits.TakesExtraHighEffort => "high",
            _ => effort,
        };
        if (taken != effort)
            notes.Change(param, effort, taken);
        return taken;
    }

    /// <summary>The nearest level below <c>xhigh</c>: what lies above costs without bound, and no budget asks for that.</summary>
    private static string EffortFor(int budget) => budget < 1536 ? "low" : budget < 3072 ? "medium" : "high";
}
