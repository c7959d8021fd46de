using System.Collections.Frozen;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
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

    /// <summary>In the order of <see cref="CallerPreference"/>.</summary>
    private static readonly IObjective[] ByPreference =
    [
        ByName[ObjectiveNames.Cost], ByName[ObjectiveNames.Latency], ByName[ObjectiveNames.Quality],
        new TaskQualityObjective(CallerPreferences.Creative, TaskKind.Creative), new TaskQualityObjective(CallerPreferences.Factual, TaskKind.FactualQa),
        new TaskQualityObjective(CallerPreferences.Code, TaskKind.Code), new TaskQualityObjective(CallerPreferences.Math, TaskKind.Math),
        new TaskQualityObjective(CallerPreferences.Reasoning, TaskKind.Reasoning),
    ];

    /// <summary>The objective of this name; configuration has been checked, so there is one.</summary>
    public static IObjective Get(string name) => ByName[name];

    /// <summary>The objective behind what a caller or its tier prefers.</summary>
    public static IObjective Get(CallerPreference preference) => ByPreference[(int)preference];

    /// <summary>The objective behind an order the request asks for.</summary>
    public static IObjective Get(CandidateSort sort) => sort switch
    {
        CandidateSort.Price => Price,
        CandidateSort.Throughput => Throughput,
        CandidateSort.Latency => FirstToken,
        CandidateSort.Quality => Exacto,
    };
}
