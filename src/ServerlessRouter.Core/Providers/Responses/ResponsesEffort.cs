using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>What a caller asks of reasoning, as this API takes it: an effort, and whether a summary is told.</summary>
internal static class ResponsesEffort
{
    private const int MaxLowBudget = 4096;
    private const int MaxMediumBudget = 16_384;

    /// <summary>The effort; null where the model's own is to count. A budget, which this API has no word for, becomes the effort that is nearest.</summary>
    public static string? Of(in ThinkingWish wish, TranslationNotes notes)
    {
        // The vendor's own word is a wish to be told no thinking more often than not: models that always reason refuse it, so only who asks in OpenAI's or OpenRouter's words gets it.
        if (wish.IsOff && wish.Param == "thinking")
        {
            notes.Drop(wish.Param, wish.Value);
            return null;
        }

        if (wish.IsOff)
            return "none";
        if (wish.Effort is not null || wish.BudgetTokens is not { } budget)
            return wish.Effort;
        var effort = budget <= MaxLowBudget ? "low" : budget <= MaxMediumBudget ? "medium" : "high";
        notes.Change(wish.Param!, wish.Value, $"effort {effort}");
        return effort;
    }

    /// <summary>
    /// Which summary is asked for; null for none. Who asks by <c>reasoning_effort</c> alone speaks OpenAI's chat completions, which never show reasoning; who asks in other words expects to
    /// see it.
    /// </summary>
    public static string? SummaryOf(JsonElement request, in ThinkingWish wish)
    {
        if (LooseJson.Text(LooseJson.Member(request, "reasoning"), "summary") is { } named)
            return named;
        if (LooseJson.Text(LooseJson.Member(request, "reasoning_effort"), "summary") is { } beside)
            return beside;
        return wish is { IsOn: true, IsHidden: false } && wish.Param != "reasoning_effort" ? "auto" : null;
    }
}
