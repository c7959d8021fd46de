using System.Collections.Frozen;
using ServerlessRouter.Configuration;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing.Downgrades;

/// <summary>Spares money when little of a caller's budget is left.</summary>
internal interface IDowngradePolicy
{
    /// <summary>One of <see cref="DowngradePolicies"/>.</summary>
    string Name { get; }

    /// <summary>What candidates are ordered by from now on.</summary>
    PoolOrder Downgrade(in PoolOrder order, TierModel tier);
}

/// <summary>The downgrade policies there are, by name.</summary>
internal static class DowngradePolicyTable
{
    private static readonly FrozenDictionary<string, IDowngradePolicy> ByName =
        new IDowngradePolicy[] { new KeepPolicy(), new CheapestPolicy() }.ToFrozenDictionary(static policy => policy.Name);

    /// <summary>The policy of this name; configuration has been checked, so there is one.</summary>
    public static IDowngradePolicy Get(string name) => ByName[name];
}

/// <summary>The cheapest first; only the floor of the tier still stands.</summary>
internal sealed class CheapestPolicy : IDowngradePolicy
{
    public string Name => DowngradePolicies.Cheapest;

    public PoolOrder Downgrade(in PoolOrder order, TierModel tier) => order with { Objective = RoutingObjectives.Get(ObjectiveNames.Cost), Floor = tier.MinimumQuality };
}

/// <summary>The choice stays as it is, whatever is left.</summary>
internal sealed class KeepPolicy : IDowngradePolicy
{
    public string Name => DowngradePolicies.Keep;

    public PoolOrder Downgrade(in PoolOrder order, TierModel tier) => order;
}
