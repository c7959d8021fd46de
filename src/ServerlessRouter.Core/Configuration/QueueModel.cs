using System.Collections.Frozen;

namespace ServerlessRouter.Configuration;

/// <summary>As whom the messages of a queue may run requests: who may write to the queue shows no key, so the configuration says whose it may act as.</summary>
public sealed class QueueModel(IEnumerable<string> keys, IEnumerable<string> tiers)
{
    /// <summary>Messages may act as no key.</summary>
    public static readonly QueueModel NoCaller = new([], []);

    private readonly FrozenSet<string> _keys = keys.ToFrozenSet(StringComparer.Ordinal);
    private readonly FrozenSet<string> _tiers = tiers.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether messages may act as the key of this name and tier.</summary>
    public bool Allows(string key, TierModel tier) => _keys.Contains(key) || _tiers.Contains(tier.Name);
}
