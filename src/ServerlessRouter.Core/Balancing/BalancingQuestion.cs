using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Balancing;

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
