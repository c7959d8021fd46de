using System.Collections.Frozen;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>What a route or a tier demands of every provider, on top of what a request demands.</summary>
public sealed class ConstraintsModel
{
    /// <summary>Who demands it, for people: <c>tier free</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>The regions that are allowed; null allows all.</summary>
    public FrozenSet<string>? Regions { get; init; }

    public bool DeniesDataCollection { get; init; }

    public bool RequiresZeroDataRetention { get; init; }

    /// <summary>Why no deployment at this provider may be called; null when it may.</summary>
    public (ExclusionReason Reason, string Detail)? Refusal(ProviderModel provider)
    {
        if (Regions is not null && (provider.Region is not { } region || !Regions.Contains(region)))
            return (ExclusionReason.Region, $"{Owner} allows only {string.Join(", ", Regions.Order(StringComparer.Ordinal))}");
        if (DeniesDataCollection && provider.CollectsData)
            return (ExclusionReason.Privacy, $"{Owner} denies data collection");
        return RequiresZeroDataRetention && !provider.HasZeroDataRetention ? (ExclusionReason.Privacy, $"{Owner} demands zero data retention") : null;
    }
}

/// <summary>The names <c>constraints.dataCollection</c> may have; OpenRouter's for a request.</summary>
public static class DataCollectionRules
{
    /// <summary>Vendors may keep prompts or train on them.</summary>
    public const string Allow = "allow";

    /// <summary>They may not.</summary>
    public const string Deny = "deny";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Allow, Deny];
}
