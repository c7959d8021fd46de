using System.Collections.Frozen;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The objectives there are: those a route names, and those a request may sort by.</summary>
internal static class RoutingObjectives
{
    private static readonly PriceSort Price = new();
    private static readonly ThroughputSort Throughput = new();
    private static readonly FirstTokenSort FirstToken = new();
    private static readonly ExactoSort Exacto = new();

    private static readonly FrozenDictionary<string, IObjective> ByName =
        new IObjective[] { new CostObjective(), new LatencyObjective(), new QualityObjective(), new OrderObjective(), new WeightedObjective() }
            .ToFrozenDictionary(static objective => objective.Name);

    /// <summary>The objective of this name; configuration has been checked, so there is one.</summary>
    public static IObjective Get(string name) => ByName[name];

    /// <summary>The objective behind an order the request asks for.</summary>
    public static IObjective Get(CandidateSort sort) => sort switch
    {
        CandidateSort.Price => Price,
        CandidateSort.Throughput => Throughput,
        CandidateSort.Latency => FirstToken,
        CandidateSort.Quality => Exacto,
    };
}
