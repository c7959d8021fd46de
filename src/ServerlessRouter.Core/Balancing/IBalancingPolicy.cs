using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Balancing;

/// <summary>Chooses one of the deployments that may be called. An instance serves one model, so it may keep state for it.</summary>
internal interface IBalancingPolicy
{
    /// <summary>The name in configuration.</summary>
    string Name { get; }

    /// <summary>Whether <see cref="BalancingQuestion.Session"/> must be filled in.</summary>
    bool UsesSession => false;

    /// <summary>Asked only when there are at least two eligible deployments.</summary>
    BalancingPick Choose(in BalancingQuestion question);
}

/// <summary>A policy's answer.</summary>
/// <param name="Place">Position among the eligible deployments of the question.</param>
/// <param name="Reason">Why this one, for people.</param>
internal readonly record struct BalancingPick(int Place, string Reason);

/// <summary>Which of these deployments gets the call: all of them may have it, none is better by rank, priority or region.</summary>
internal readonly ref struct BalancingQuestion
{
    /// <summary>All deployments of the model.</summary>
    public required ImmutableArray<DeploymentModel> Deployments { get; init; }

    /// <summary>Positions in <see cref="Deployments"/> of those to choose from, ascending.</summary>
    public required ReadOnlySpan<int> Eligible { get; init; }

    /// <summary>Vitals by position in <see cref="Deployments"/>.</summary>
    public required ReadOnlySpan<DeploymentVitals> Vitals { get; init; }

    /// <summary>What stickiness goes by; null where nothing is known of the caller.</summary>
    public string? Session { get; init; }

    /// <summary>Where a policy's random choices come from.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The deployment at a place among the eligible.</summary>
    public DeploymentModel Deployment(int place) => Deployments[Eligible[place]];

    /// <summary>The vitals of the deployment at a place among the eligible.</summary>
    public ref readonly DeploymentVitals VitalsOf(int place) => ref Vitals[Eligible[place]];
}
