using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Balancing;

/// <summary>Makes policies by their names in configuration, one for each model, kept as long as the model's configuration is.</summary>
internal sealed class BalancingPolicyTable
{
    private static readonly FrozenDictionary<string, Func<LanguageModel, IBalancingPolicy>> Makers = new Dictionary<string, Func<LanguageModel, IBalancingPolicy>>
    {
        [BalancingPolicies.Weighted] = _ => new WeightedPolicy(),
        [BalancingPolicies.RoundRobin] = model => new RoundRobinPolicy(model.Deployments.Length),
        [BalancingPolicies.LeastBusy] = _ => new LeastBusyPolicy(),
        [BalancingPolicies.PowerOfTwo] = _ => new PowerOfTwoPolicy(),
        [BalancingPolicies.Sticky] = _ => new StickyPolicy(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ConditionalWeakTable<LanguageModel, IBalancingPolicy> _policies = [];

    /// <summary>The policy of a model.</summary>
    public IBalancingPolicy Of(LanguageModel model) =>
        _policies.TryGetValue(model, out var policy) ? policy : _policies.GetValue(model, static model => Make(model));

    private static IBalancingPolicy Make(LanguageModel model) => Makers.TryGetValue(model.Balancing, out var make)
        ? make(model)
        : throw new InvalidOperationException($"the model '{model.Name}' names the balancing policy '{model.Balancing}', which configuration should have refused");
}
