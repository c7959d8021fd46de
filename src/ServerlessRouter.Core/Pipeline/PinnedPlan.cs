using System.Collections.Immutable;

namespace ServerlessRouter.Pipeline;

/// <summary>What classification found and routing decided, with models by name: it holds over a change of the configuration, and outlives the process.</summary>
public sealed record PinnedPlan
{
    public required RequestProfile Profile { get; init; }

    public required ImmutableArray<PinnedCandidate> Candidates { get; init; }

    public required ImmutableArray<Exclusion> Exclusions { get; init; }

    public string? Rule { get; init; }

    public required string Objective { get; init; }

    public required double QualityFloor { get; init; }

    public string? Downgrade { get; init; }

    /// <summary>How many of the first candidates are the steps of a cascade; 0 without one.</summary>
    public required int CascadeSteps { get; init; }

    public required ImmutableArray<SkippedStep> SkippedSteps { get; init; }

    /// <summary>The decision of a request that is planned.</summary>
    public static PinnedPlan Of(RequestContext context) => new()
    {
        // Predictions go by the position of a model, which another configuration may give to another one.
        Profile = context.Profile with { PredictedQuality = [], Contributions = [], DifficultyContributions = [] },
        Candidates = [.. context.Plan.Candidates.Select(PinnedCandidate.Of)],
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
