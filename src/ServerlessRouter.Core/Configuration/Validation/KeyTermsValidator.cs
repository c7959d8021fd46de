using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks what the holder of a key may do, in the configuration and where a key is issued.</summary>
internal static class KeyTermsValidator
{
    /// <summary>Enough to file a key under; each is also a subject that limits may count for.</summary>
    public const int MaxTags = 16;

    public const int MaxTagLength = 128;

    public static void Validate(KeyTermsConfig terms, string path, KeySurroundings surroundings, Findings findings)
    {
        if (terms.Tier is { } tier && !surroundings.Tiers.Contains(tier))
            findings.Error(ConfigPath.Member(path, "tier"), UnknownNames.Reference("tier", tier, surroundings.Tiers));
        ValidateRoutes(terms, ConfigPath.Member(path, "routes"), surroundings, findings);
        if (terms.Expires is { } expires && WrittenTime.Parse(expires) is null)
            findings.Error(ConfigPath.Member(path, "expires"), $"is {Quoted.Text(expires)}, but must be a day such as 2027-06-30 or a time such as 2027-06-30T15:00:00Z");
        BudgetValidator.ValidateBudgets(terms.Budget, path, findings);
        ValidateTags(terms, ConfigPath.Member(path, "tags"), findings);
    }

    private static void ValidateRoutes(KeyTermsConfig terms, string path, KeySurroundings surroundings, Findings findings)
    {
        if (terms.Routes is { Count: 0 })
            findings.Error(path, "is empty, so the key may ask for nothing; leave it out to allow what its tier does, or disable the key");
        var tier = terms.Tier ?? TierModel.DefaultName;
        var allowed = surroundings.AllowedByTier(tier);
        foreach (var (place, target) in terms.Routes.Entries())
        {
            if (!surroundings.Targets.Contains(target))
                findings.Error(ConfigPath.Item(path, place), UnknownNames.Reference("route or model", target, surroundings.Targets));
            else if (allowed?.Contains(target) == false)
                findings.Error(ConfigPath.Item(path, place), $"is {Quoted.Text(target)}, which the tier {Quoted.Text(tier)} may not ask for, and a key never allows more than its tier");
        }
    }

    private static void ValidateTags(KeyTermsConfig terms, string path, Findings findings)
    {
        if (terms.Tags is { Count: > MaxTags } tags)
            findings.Error(path, $"has {tags.Count} tags, but may have {MaxTags}");
        foreach (var (name, value) in terms.Tags.Entries())
        {
            if (!IsTag(name))
                findings.Error(path, $"has a name that is no name of a tag: it must have 1 to {MaxTagLength} characters, none of them a control character or '='");
            else if (!IsTag(value))
                findings.Error(ConfigPath.Member(path, name), $"must have 1 to {MaxTagLength} characters, none of them a control character or '='");
            else if (Quoted.LooksSecret(value))
                findings.Error(ConfigPath.Member(path, name), "looks like a secret, and tags are shown to every admin and written to the audit log");
        }
    }

    private static bool IsTag(string text) => text.Length is > 0 and <= MaxTagLength && text.All(static letter => letter != '=' && !char.IsControl(letter) && !char.IsSurrogate(letter));
}

/// <summary>What the terms of a key may name.</summary>
/// <param name="Tiers">The tiers there are.</param>
/// <param name="Targets">The routes and models there are.</param>
/// <param name="AllowedByTier">What a tier may ask for; null where that is everything.</param>
internal sealed record KeySurroundings(IReadOnlyList<string> Tiers, IReadOnlyList<string> Targets, Func<string, IReadOnlyCollection<string>?> AllowedByTier);
