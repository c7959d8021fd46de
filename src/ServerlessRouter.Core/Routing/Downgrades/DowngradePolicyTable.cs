using System.Collections.Frozen;

namespace ServerlessRouter.Routing.Downgrades;

/// <summary>The downgrade policies there are, by name.</summary>
internal static class DowngradePolicyTable
{
    private static readonly FrozenDictionary<string, IDowngradePolicy> ByName =
        new IDowngradePolicy[] { new KeepPolicy(), new CheapestPolicy() }.ToFrozenDictionary(static policy => policy.Name);

    /// <summary>The policy of this name; configuration has been checked, so there is one.</summary>
    public static IDowngradePolicy Get(string name) => ByName[name];
}
