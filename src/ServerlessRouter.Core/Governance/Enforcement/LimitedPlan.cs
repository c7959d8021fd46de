using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>What is left of a plan where limits are in the way.</summary>
internal static class LimitedPlan
{
    /// <summary>The plan without a model that is at its own limit.</summary>
    public static RoutePlan Without(RoutePlan plan, string model)
    {
        for (var place = plan.Candidates.Length - 1; place >= 0; place--)
        {
            if (plan.Candidates[place].Model.Name == model)
                plan = WithoutPlace(plan, place);
        }

        return plan;
    }

    /// <summary>The plan without one of its candidates; what is left of a cascade climbs without it.</summary>
    public static RoutePlan WithoutPlace(RoutePlan plan, int place) => plan with
    {
        Candidates = plan.Candidates.RemoveAt(place),
        Cascade = plan.Cascade is { } cascade && place < cascade.Steps ? cascade with { Steps = cascade.Steps - 1 } : plan.Cascade,
    };

    /// <summary>Only the cheapest of the candidates that fit and that the tier's own floor lets through, and any as cheap.</summary>
    public static RoutePlan Cheapest(RequestContext context)
    {
        var candidates = context.Plan.Candidates;
        var fitting = candidates.Where(static candidate => candidate.Standing != CandidateStanding.Cramped).ToImmutableArray();
        if (fitting.IsEmpty)
            fitting = candidates;
        var good = fitting.Where(candidate => candidate.Quality >= context.Tier.MinimumQuality).ToImmutableArray();
        if (good.IsEmpty)
            good = fitting;
        var cheapest = good.Min(static candidate => candidate.CostUsd);
        return context.Plan with { Candidates = [.. good.Where(candidate => candidate.CostUsd <= cheapest)], Cascade = null, Counterfactuals = null, Downgrade = DowngradePolicies.Cheapest };
    }

    /// <summary>Only the candidates that cost nothing; null where there is none, or where the first costs something and the order is not to be changed.</summary>
    public static RoutePlan? Free(RoutePlan plan, bool mayReorder)
    {
        if (!mayReorder && !IsFree(plan.Candidates[0]))
            return null;
        ImmutableArray<PlannedCandidate> free = [.. plan.Candidates.Where(IsFree)];
        return free.IsEmpty ? null : plan with { Candidates = free, Cascade = null };
    }

    /// <summary>Whether no candidate costs anything.</summary>
    public static bool IsFree(RoutePlan plan) => plan.Candidates.All(IsFree);

    /// <summary>Whether a candidate costs nothing.</summary>
    public static bool IsFree(PlannedCandidate candidate) => candidate.Model.Price is { InputPerMillion: 0, OutputPerMillion: 0, PerRequest: 0 };
}
