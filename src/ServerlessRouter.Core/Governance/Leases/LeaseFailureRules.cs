using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>What is done where it is not known how much is left.</summary>
internal static class LeaseFailureRules
{
    public static bool PassesUncounted(this LimitModel limit) => limit.OnStoreFailure switch
    {
        StoreFailureRule.LastLease => limit.Measure != LimitMeasure.Money,
        StoreFailureRule.Open => true,
        StoreFailureRule.Closed => false,
    };
}
