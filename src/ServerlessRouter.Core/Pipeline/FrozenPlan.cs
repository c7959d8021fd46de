using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>What classification found and routing decided, with models by name: it holds over a change of the configuration, and outlives the process.</summary>
public sealed record FrozenPlan
{
    public required RequestProfile Profile { get; init; }

    public required ImmutableArray<FrozenCandidate> Candidates { get; init; }

    public required ImmutableArray<Exclusion> Exclusions { get; init; }

    public string? Rule { get; init; }

    public required string Objective { get; init; }

    public required double QualityFloor { get; init; }

    public string? Downgrade { get; init; }

    /// <summary>How many of the first candidates are the steps of a cascade; 0 without one.</summary>
    public required int CascadeSteps { get; init; }

    public required ImmutableArray<SkippedStep> SkippedSteps { get; init; }

    /// <summary>The decision of a request that is planned.</summary>
    public static FrozenPlan Of(RequestContext context) => new()
    {
        // Predictions go by the position of a model, which another configuration may give to another one.
        Profile = context.Profile with { PredictedQuality = [], Contributions = [], DifficultyContributions = [] },
        Candidates = [.. context.Plan.Candidates.Select(FrozenCandidate.Of)],
        Exclusions = context.Plan.Exclusions,
        Rule = context.Plan.Rule,
        Objective = context.Plan.Objective,
        QualityFloor = context.Plan.QualityFloor,
        Downgrade = context.Plan.Downgrade,
        CascadeSteps = context.Plan.Cascade?.Steps ?? 0,
        SkippedSteps = context.Plan.Cascade?.Skipped ?? [],
    };

    /// <summary>The same decision on the configuration of today. A cascade that is no longer configured checks nothing.</summary>
    public RoutePlan Restore(RequestContext context, IDeploymentFilter? filter)
    {
        var models = context.Router.Lookup;
        return new RoutePlan
        {
            Candidates = [.. Candidates.Select(candidate => candidate.Restore(models))],
            Exclusions = Exclusions,
            Rule = Rule,
            Objective = Objective,
            QualityFloor = QualityFloor,
            Downgrade = Downgrade,
            Cascade = CascadeSteps > 0 && context.Route.Cascade is { } cascade ? new CascadePlan(cascade, CascadeSteps, SkippedSteps) : null,
            DeploymentFilter = filter,
        };
    }
}

/// <summary>A planned candidate with its model by name, as it is kept.</summary>
public sealed record FrozenCandidate
{
    public required string Model { get; init; }

    public required float Quality { get; init; }

    public required double CostUsd { get; init; }

    public double? LatencySeconds { get; init; }

    public required double Score { get; init; }

    public required string Reason { get; init; }

    public required bool IsFallback { get; init; }

    public required CandidateStanding Standing { get; init; }

    public required float Correction { get; init; }

    public required int OutputTokens { get; init; }

    public static FrozenCandidate Of(PlannedCandidate candidate) => new()
    {
        Model = candidate.Model.Name,
        Quality = candidate.Quality,
        CostUsd = candidate.CostUsd,
        LatencySeconds = candidate.LatencySeconds,
        Score = candidate.Score,
        Reason = candidate.Reason,
        IsFallback = candidate.IsFallback,
        Standing = candidate.Standing,
        Correction = candidate.Correction,
        OutputTokens = candidate.OutputTokens,
    };

    public PlannedCandidate Restore(ModelLookup models) => new(models.Find(Model), Quality, CostUsd, LatencySeconds, Score, Reason, IsFallback)
    {
        Standing = Standing,
        Correction = Correction,
        OutputTokens = OutputTokens,
    };
}
