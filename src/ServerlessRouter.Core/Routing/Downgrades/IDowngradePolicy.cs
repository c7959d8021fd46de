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
