using System.Globalization;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// What a Claude model takes in a request, told by its name; the models differ, and refuse with 400 what they do not take. A name that says no version is taken for one of
/// the older models, which take most.
/// </summary>
/// <remarks>
/// Source: the vendor's pages on thinking, effort, structured outputs and migration, and its SDK's notes on deprecated parameters, as of November 2026:
/// 3.7 to 4.5 think by budget; 4.6 takes both ways; Opus 4.7 and everything later thinks adaptively and takes neither sampling parameters nor a prefill; Opus 5.5, Sonnet 5.5 and
/// Fable 5.1 refuse a forced tool.
/// </remarks>
internal sealed record ClaudeTraits
{
    private const int MaxVersionDigits = 2;

    /// <summary>A model whose name says nothing.</summary>
    public static readonly ClaudeTraits Unknown = new();

    /// <summary>How it is asked to think.</summary>
    public ThinkingForm Thinking { get; init; } = ThinkingForm.Budget;

    /// <summary>It takes a budget although it thinks adaptively.</summary>
    public bool TakesBudget { get; init; }

    /// <summary>How thinking is switched off.</summary>
    public ThinkingOff Off { get; init; }

    /// <summary><c>output_config.effort</c> <c>xhigh</c>.</summary>
    public bool TakesExtraHighEffort { get; init; }

    /// <summary><c>temperature</c>, <c>top_p</c> and <c>top_k</c>.</summary>
    public bool TakesSampling { get; init; } = true;

    /// <summary>A conversation may end with the assistant, whose text is continued.</summary>
    public bool TakesPrefill { get; init; } = true;

    /// <summary><c>tool_choice</c> <c>any</c> and <c>tool</c>.</summary>
    public bool TakesForcedTool { get; init; } = true;

    /// <summary><c>output_config.format</c> and strict tools.</summary>
    public bool TakesSchema { get; init; } = true;

    /// <summary>The most the vendor takes as <c>max_tokens</c>; null where the name says nothing.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>It was known by its name.</summary>
    public bool IsKnown { get; init; }

    /// <summary>By the name of the deployment, else by the name the router knows the model by. How it thinks is as the catalogue says, where that knows.</summary>
    public static ClaudeTraits Of(string deployment, string model, string? reasoningForm = null)
    {
        var traits = Find(deployment) ?? Find(model) ?? Unknown;
        return reasoningForm switch
        {
            ReasoningForms.Adaptive when traits.Thinking != ThinkingForm.Adaptive => traits with { Thinking = ThinkingForm.Adaptive, IsKnown = true },
            ReasoningForms.Budget when traits.Thinking != ThinkingForm.Budget => traits with { Thinking = traits.TakesBudget ? traits.Thinking : ThinkingForm.Budget, IsKnown = true },
            _ => traits,
        };
    }

    private static ClaudeTraits? Find(string name)
    {
        const string Brand = "claude";
        var start = name.IndexOf(Brand, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        string? family = null;
        int? major = null, minor = null;
        var rest = name.AsSpan(start + Brand.Length);
        foreach (var range in rest.SplitAny("-._:@/[ "))
        {
            var word = rest[range];
            if (word.IsEmpty)
                continue;
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                // A longer number is a date.
                if (word.Length > MaxVersionDigits || minor is not null)
                    break;
                if (major is null)
                    major = number;
                else
                    minor = number;
            }
            else if (major is not null && family is not null)
            {
                break;
            }
            else
            {
                family ??= FamilyOf(word);
            }
        }

        return (family, major) switch
        {
            (null, null) => null,
            // A family's name alone is the vendor's for its latest model.
            (not null, null) => Later(family, 5, 0),
            (_, { } version) => OfVersion(family, version, minor ?? 0),
        };
    }

    private static string? FamilyOf(ReadOnlySpan<char> word)
    {
        foreach (var family in (ReadOnlySpan<string>)["opus", "sonnet", "haiku", "fable", "mythos", "instant"])
        {
            if (word.Equals(family, StringComparison.OrdinalIgnoreCase))
                return family;
        }

        return null;
    }

    private static ClaudeTraits OfVersion(string? family, int major, int minor) => (major, minor, family) switch
    {
        (_, _, "fable" or "mythos") => Later(family, major, minor),
        ( < 3, _, _) or (3, < 5, _) => new() { IsKnown = true, Thinking = ThinkingForm.None, TakesSchema = false, MaxTokens = 4096 },
        (3, < 7, _) => new() { IsKnown = true, Thinking = ThinkingForm.None, TakesSchema = false, MaxTokens = 8192 },
        (4, <= 1, "opus") => new() { IsKnown = true, TakesSchema = minor == 1, MaxTokens = 32_000 },
        (3, _, _) or (4, 0, _) => new() { IsKnown = true, TakesSchema = false, MaxTokens = 64_000 },
        (4, < 6, _) => new() { IsKnown = true, MaxTokens = 64_000 },
        (4, 6, _) => new() { IsKnown = true, Thinking = ThinkingForm.Adaptive, TakesBudget = true, TakesPrefill = false, MaxTokens = 128_000 },
        _ => Later(family, major, minor),
    };

    private static ClaudeTraits Later(string? family, int major, int minor)
    {
        var isLatest = major > 5 || (major == 5 && minor >= 5);
        return new()
        {
            IsKnown = true,
            Thinking = ThinkingForm.Adaptive,
            TakesExtraHighEffort = true,
            MaxTokens = 128_000,
            TakesSampling = false,
            TakesPrefill = false,
            TakesForcedTool = !(isLatest && family is "opus" or "sonnet") && !(family is "fable" && (major > 5 || (major == 5 && minor >= 1))),
            Off = family switch
            {
                "fable" or "mythos" => ThinkingOff.Never,
                "opus" when isLatest => ThinkingOff.Never,
                "sonnet" when isLatest => ThinkingOff.BetweenTools,
                _ when major > 4 => ThinkingOff.Disabled,
                _ => ThinkingOff.LeftOut,
            },
        };
    }
}

/// <summary>How a model is asked to think.</summary>
internal enum ThinkingForm
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary><c>thinking: {"type": "enabled", "budget_tokens": …}</c>.</summary>
    Budget,

    /// <summary><c>thinking: {"type": "adaptive"}</c> and <c>output_config.effort</c>.</summary>
    Adaptive,
}

/// <summary>How a model is kept from thinking.</summary>
internal enum ThinkingOff
{
    /// <summary>It does not think unless it is asked.</summary>
    LeftOut,

    /// <summary>It thinks unless told <c>{"type": "disabled"}</c>.</summary>
    Disabled,

    /// <summary>It thinks, and <c>{"type": "between_tools"}</c> is the least it takes.</summary>
    BetweenTools,

    /// <summary>It always thinks; a low effort is the least it takes.</summary>
    Never,
}
