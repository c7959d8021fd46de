using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Makes callers of terms that were found valid, whether they stand in the configuration or in an issued key.</summary>
internal sealed class CallerBuilder(ImmutableArray<TierModel> tiers)
{
    /// <summary>Null where the terms name a tier that is not, or no longer, configured.</summary>
    public CallerModel? Find(string name, KeyTermsConfig written)
    {
        if (FindTier(written) is not { } tier)
            return null;
        var limits = LimitBuilder.OfKey(written, tier);
        return new CallerModel(name, tier)
        {
            Allowed = written.Routes is null ? null : written.Routes.Entries().Select(static entry => entry.Value).ToFrozenSet(),
            Tags = written.Tags is { Count: > 0 } tags ? tags.Entries().ToFrozenDictionary(static entry => entry.Name, static entry => entry.Value) : FrozenDictionary<string, string>.Empty,
            Limits = limits,
            Sparing = LimitBuilder.Sparing(written.Budget, limits),
            ExpiresAt = written.Expires is { } expires ? WrittenTime.Parse(expires) : null,
            IsDisabled = written.Disabled ?? false,
        };
    }

    /// <summary>The tier that terms name; null where it is not, or no longer, configured.</summary>
    public TierModel? FindTier(KeyTermsConfig written)
    {
        var name = written.Tier ?? TierModel.DefaultName;
        return tiers.FirstOrDefault(tier => tier.Name == name);
    }
}
