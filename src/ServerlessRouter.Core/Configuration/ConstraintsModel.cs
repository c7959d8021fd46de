using System.Collections.Frozen;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Configuration;

/// <summary>What a route or a tier demands of every provider, on top of what a request demands.</summary>
public sealed class ConstraintsModel
{
    private readonly FrozenSet<string>? _regions;
    private readonly bool _deniesDataCollection;
    private readonly bool _requiresZeroDataRetention;
    private readonly string _owner;

    /// <summary>Takes what was written and validated; <paramref name="owner"/> is who demands it, for people: <c>tier free</c>.</summary>
    public ConstraintsModel(ConstraintsConfig written, string owner)
    {
        _regions = written.Regions is null ? null : written.Regions.OfType<string>().ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _deniesDataCollection = written.DataCollection == DataCollectionRules.Deny;
        _requiresZeroDataRetention = written.ZeroDataRetention ?? false;
        _owner = owner;
    }

    /// <summary>Why no deployment at this provider may be called; null when it may.</summary>
    public (ExclusionReason Reason, string Detail)? Refusal(ProviderModel provider)
    {
        if (_regions is not null && (provider.Region is not { } region || !_regions.Contains(region)))
            return (ExclusionReason.Region, $"{_owner} allows only {string.Join(", ", _regions.Order(StringComparer.Ordinal))}");
        if (_deniesDataCollection && provider.CollectsData)
            return (ExclusionReason.Privacy, $"{_owner} denies data collection");
        return _requiresZeroDataRetention && !provider.HasZeroDataRetention ? (ExclusionReason.Privacy, $"{_owner} demands zero data retention") : null;
    }
}
