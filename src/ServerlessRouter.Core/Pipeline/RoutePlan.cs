using System.Collections.Immutable;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>The ordered candidates of a request, what was excluded and why.</summary>
public sealed record RoutePlan
{
    /// <summary>In the order they are tried: chosen candidates, then fallbacks.</summary>
    public required ImmutableArray<PlannedCandidate> Candidates { get; init; }

    public required ImmutableArray<Exclusion> Exclusions { get; init; }

    /// <summary>Path of the rule that matched, if one did.</summary>
    public string? Rule { get; init; }

    /// <summary>Name of the objective that ordered the candidates.</summary>
    public required string Objective { get; init; }

    /// <summary>Expected quality 0..1 below which a candidate came after the others.</summary>
    public double QualityFloor { get; init; }

    /// <summary>Name of the policy that spares because little of the caller's budget is left; null while there is enough.</summary>
    public string? Downgrade { get; init; }

    /// <summary>What would make the second candidate the first; null where no caller asked or there is nothing to choose.</summary>
    public IPlanCounterfactuals? Counterfactuals { get; init; }

    /// <summary>The first candidates are the steps of a cascade; null when they are not.</summary>
    public CascadePlan? Cascade { get; init; }

    /// <summary>Constraints on single deployments (OpenRouter's <c>provider</c> object); null when every deployment may be used.</summary>
    public IDeploymentFilter? DeploymentFilter { get; init; }
}

/// <summary>Finds out what would have had to be otherwise for a plan to begin with its second candidate.</summary>
public interface IPlanCounterfactuals
{
    /// <summary>Each change that suffices by itself. Computes and allocates; meant for people, not for every request.</summary>
    IReadOnlyList<PlanFlip> Find(RoutePlan plan);
}

/// <summary>One change that by itself would make the second candidate of a plan the first.</summary>
/// <param name="Change">What changes: <c>minimum_quality</c>, <c>cost_usd</c>, <c>quality</c>, <c>latency</c>, a weight, <c>prefer</c> or <c>provider.preferred</c>.</param>
/// <param name="Now">The figure as it is; null where it is none.</param>
/// <param name="Then">The figure from which on the second candidate wins; null where it is none.</param>
/// <param name="Text">For people.</param>
public sealed record PlanFlip(string Change, double? Now, double? Then, string Text);

/// <summary>A model that may not answer, and why.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Reason">Which constraint removed it.</param>
/// <param name="Detail">For people: the figures behind it.</param>
public sealed record Exclusion(string Model, ExclusionReason Reason, string Detail)
{
    /// <summary>What the owner of the configuration writes if the model can do it after all; null where the configuration does not say too little.</summary>
    public string? Remedy => Reason switch
    {
        ExclusionReason.Capability => $"models.{Model}.capabilities: add \"{Detail.Replace(", ", "\", \"", StringComparison.Ordinal)}\"",
        ExclusionReason.ServiceTier => $"models.{Model}.price.tiers: add \"{Detail}\" with its prices",
        _ => null,
    };
}
