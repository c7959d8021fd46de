using System.Collections.Frozen;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Written;

/// <summary>How each member of <c>when</c> is written.</summary>
/// <param name="Form">Its form.</param>
/// <param name="Description">What it compares.</param>
/// <param name="Names">The names it accepts; empty for any.</param>
/// <param name="Maximum">Largest number that occurs.</param>
internal sealed record ConditionSyntax(ConditionForm Form, string Description, IReadOnlyList<string> Names, double Maximum = double.PositiveInfinity)
{
    /// <summary>Its values are codes of languages, which are not listed.</summary>
    public bool IsLanguage { get; init; }

    private static readonly FrozenDictionary<string, ConditionSyntax> Table = new Dictionary<string, ConditionSyntax>
    {
        [ConditionNames.Task] = new(ConditionForm.Names, "Any of these tasks was found.", [.. TaskKinds.WireNames]),
        [ConditionNames.Tier] = new(ConditionForm.Names, "The caller is in any of these tiers.", []),
        [ConditionNames.Language] = new(ConditionForm.Names, "The prompt is in any of these languages (ISO 639-1, or `und`).", []) { IsLanguage = true },
        [ConditionNames.Difficulty] = new(ConditionForm.Range, "Difficulty from 0, easy, to 1, hard.", [], 1),
        [ConditionNames.Confidence] = new(ConditionForm.Range, "The classifier's confidence from 0 to 1.", [], 1),
        [ConditionNames.PromptTokens] = new(ConditionForm.Range, "Estimated prompt tokens.", [], int.MaxValue),
        [ConditionNames.Turns] = new(ConditionForm.Range, "Messages of the user.", [], int.MaxValue),
        [ConditionNames.Needs] = new(ConditionForm.AllNames, "The request needs all of these capabilities.", [.. CapabilityNames.All]),
        [ConditionNames.Headers] = new(ConditionForm.Keyed, "Request headers and their accepted values.", []),
        [ConditionNames.Metadata] = new(ConditionForm.Keyed, "Keys of the request's `metadata` and their accepted values.", []),
        [ConditionNames.Parameters] = new(ConditionForm.KeyedOrRange, "Top-level request parameters and their accepted values, or a range.", []),
    }.ToFrozenDictionary();

    public static ConditionSyntax Of(string condition) => Table[condition];
}

/// <summary>The forms the value of a condition may have.</summary>
internal enum ConditionForm
{
    /// <summary>A text, or a list of them of which any matches.</summary>
    Names,

    /// <summary>A text, or a list of them that must all match.</summary>
    AllNames,

    /// <summary>An object with <c>min</c>, <c>max</c> or both, inclusive.</summary>
    Range,

    /// <summary>An object of names, each with accepted values.</summary>
    Keyed,

    /// <summary>An object of names, each with accepted values or a range.</summary>
    KeyedOrRange,
}
