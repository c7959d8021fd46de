using ServerlessRouter.Configuration;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing.Downgrades;

/// <summary>The cheapest first; only the floor of the tier still stands.</summary>
internal sealed class CheapestPolicy : IDowngradePolicy
{
    public string Name => DowngradePolicies.Cheapest;

    public PoolOrder Downgrade(in PoolOrder order, TierModel tier) => order with { Objective = RoutingObjectives.Get(ObjectiveNames.Cost), Floor = tier.MinimumQuality };
}
