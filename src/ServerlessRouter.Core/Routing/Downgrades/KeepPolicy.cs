using ServerlessRouter.Configuration;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing.Downgrades;

/// <summary>The choice stays as it is, whatever is left.</summary>
internal sealed class KeepPolicy : IDowngradePolicy
{
    public string Name => DowngradePolicies.Keep;

    public PoolOrder Downgrade(in PoolOrder order, TierModel tier) => order;
}
