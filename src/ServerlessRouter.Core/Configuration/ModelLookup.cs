using System.Collections.Concurrent;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration;

/// <summary>Finds models by the names that earlier turns kept. One that is no longer configured stands in its place without deployments: it keeps its position and is never called.</summary>
public sealed class ModelLookup
{
    private readonly RouterModel _router;
    private readonly ConcurrentDictionary<string, LanguageModel> _gone = new(StringComparer.Ordinal);

    internal ModelLookup(RouterModel router) => _router = router;

    /// <summary>The model of a name, the same one for all callers.</summary>
    public LanguageModel Find(string name) => _router.ModelsByName.TryGetValue(name, out var model) ? model : _gone.GetOrAdd(name, Gone);

    private static LanguageModel Gone(string name) => new()
    {
        Name = name,
        Index = -1,
        Price = new ModelPrice(0, 0, 0, 0),
        ContextWindow = 0,
        Capabilities = Capabilities.None,
        QualityByTask = [.. new float[TaskKinds.Count]],
        DefaultQuality = 0,
        Balancing = BalancingPolicies.Default,
        Deployments = [],
        Parameters = ParameterAdaptation.Nothing,
    };
}
