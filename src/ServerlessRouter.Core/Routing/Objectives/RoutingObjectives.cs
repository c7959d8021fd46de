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

/// <summary>The cheapest first.</summary>
internal sealed class CostObjective : IObjective
{
    public string Name => ObjectiveNames.Cost;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(terms.Cheapness(candidate), "good enough; by expected cost");
}

/// <summary>The request asks for the best quality first.</summary>
internal sealed class ExactoSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Exacto;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.Quality, "the request sorts by quality");
}

/// <summary>The order written.</summary>
internal sealed class OrderObjective : IObjective
{
    public string Name => ObjectiveNames.Order;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(0, "in the order written");
}

/// <summary>The request asks for the lowest price first.</summary>
internal sealed class PriceSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Price;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(terms.Cheapness(candidate), "the request sorts by price");
}

/// <summary>The best first.</summary>
internal sealed class QualityObjective : IObjective
{
    public string Name => ObjectiveNames.Quality;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.Quality, "by expected quality");
}

/// <summary>The request asks for the shortest time to the first token first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class FirstTokenSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.FirstTokenSeconds is { } seconds
        ? new(1 / (1 + seconds), "the request sorts by time to the first token")
        : new(terms.OfUnmeasured(candidate), "the request sorts by time to the first token; this one's is not known, so it is tried, the cheaper first");
}

/// <summary>The request asks for the most tokens per second first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class ThroughputSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Throughput;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.TokensPerSecond is { } speed && terms.HighestTokensPerSecond > 0
        ? new(speed / terms.HighestTokensPerSecond, "the request sorts by throughput")
        : new(terms.OfUnmeasured(candidate), "the request sorts by throughput; this one's is not known, so it is tried, the cheaper first");
}

/// <summary>The fastest whole answer first.</summary>
internal sealed class LatencyObjective : IObjective
{
    public string Name => ObjectiveNames.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.LatencySeconds is not null
        ? new(terms.Speed(candidate), "good enough; by expected latency")
        : terms.HighestLatencySeconds > 0
            ? new(terms.OfUnmeasured(candidate), "good enough; its speed is not known, so it is tried before those whose speed is")
            : new(terms.OfUnmeasured(candidate), "good enough; no speed is known yet, so the cheaper is tried first: small models answer sooner");
}

/// <summary>The caller says what kind of answer it wants: the best at that first, whatever the request was taken for.</summary>
internal sealed class TaskQualityObjective(string preference, TaskKind task) : IObjective
{
    private readonly string _reason = $"the caller prefers {preference}; by expected quality at {task.ToWireName()}";

    public string Name => "prefer:" + preference;

    public TaskKind? Task => task;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.QualityAtTask, _reason);
}

/// <summary>The highest weighted mean of quality, cheapness and speed first; cost and latency count relative to the dearest and slowest candidate.</summary>
internal sealed class WeightedObjective : IObjective
{
    public string Name => ObjectiveNames.Weighted;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms)
    {
        var weights = terms.Objective;
        var sum = weights.QualityWeight + weights.CostWeight + weights.LatencyWeight;
        var weighed = (weights.QualityWeight * candidate.Quality)
            + (weights.CostWeight * terms.Cheapness(candidate))
            + (weights.LatencyWeight * terms.Speed(candidate));
        return new(sum > 0 ? weighed / sum : 0, "by the weights of quality, cost and latency");
    }
}
