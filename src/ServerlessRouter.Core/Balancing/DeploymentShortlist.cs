using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Balancing;

/// <summary>
/// Finds the deployments a policy may choose from. All that may be called are taken; of these the best by, in order: the request's own ranking, capacity left (so that
/// calls steer away before the 429), priority group, region.
/// </summary>
internal static class DeploymentShortlist
{
    /// <summary>A deployment with less of its capacity left is used only when every other has as little.</summary>
    public const double MinHeadroom = 0.05;

    /// <summary>Fills in the vitals and the eligible positions; answers with their number, how many may be called at all, and when the first of the others may be.</summary>
    public static (int Eligible, int Callable, Opening? Opening) Fill(
        LanguageModel model, IDeploymentFilter? filter, in DeploymentSet excluded, IDeploymentVitals known, string? region,
        Span<DeploymentVitals> vitals, Span<int> eligible)
    {
        var deployments = model.Deployments;
        var (count, callable) = (0, 0);
        Opening? opening = null;
        var best = (Rank: int.MaxValue, IsFull: true, Priority: int.MaxValue, IsElsewhere: true);
        for (var position = 0; position < deployments.Length; position++)
        {
            var deployment = deployments[position];
            if (excluded.Contains(position) || filter?.Allows(model, deployment) == false)
                continue;
            vitals[position] = known.Of(deployment);
            if (!vitals[position].IsCallable)
            {
                opening = Opening.Better(opening, vitals[position]);
                continue;
            }

            callable++;
            var key = (
                Rank: filter?.Rank(model, deployment) ?? 0,
                IsFull: vitals[position].Headroom < MinHeadroom,
                deployment.Priority,
                IsElsewhere: region is not null && !string.Equals(deployment.Provider.Region, region, StringComparison.OrdinalIgnoreCase));
            var order = key.CompareTo(best);
            if (order > 0)
                continue;
            if (order < 0)
                (best, count) = (key, 0);
            eligible[count++] = position;
        }

        return (count, callable, opening);
    }

    /// <summary>The deployment whose breaker lets a call through soonest, when, and which moment is worth a wait; null when the request allows none or has tried them all.</summary>
    public static (DeploymentModel? Deployment, double OpenForSeconds, Opening? Opening) LeastBad(
        LanguageModel model, IDeploymentFilter? filter, in DeploymentSet tried, IDeploymentVitals known)
    {
        (DeploymentModel? Deployment, double OpenForSeconds, Opening? Opening) least = (null, double.PositiveInfinity, null);
        foreach (var deployment in model.Deployments)
        {
            if (tried.Contains(deployment.Index) || filter?.Allows(model, deployment) == false)
                continue;
            var vitals = known.Of(deployment);
            least.Opening = Opening.Better(least.Opening, vitals);
            if (least.Deployment is null || vitals.OpenForSeconds < least.OpenForSeconds)
                (least.Deployment, least.OpenForSeconds) = (deployment, vitals.OpenForSeconds);
        }

        return least;
    }
}

/// <summary>A set of positions among a model's deployments; allocates only beyond the sixty-fourth.</summary>
internal struct DeploymentSet
{
    private const int BitsInWord = 64;
    private ulong _first;
    private ulong[]? _further;

    public readonly bool Contains(int position)
    {
        if (position < BitsInWord)
            return (_first & (1UL << position)) != 0;
        var word = (position / BitsInWord) - 1;
        return _further is not null && word < _further.Length && (_further[word] & (1UL << position)) != 0;
    }

    public void Add(int position)
    {
        if (position < BitsInWord)
        {
            _first |= 1UL << position;
            return;
        }

        var word = (position / BitsInWord) - 1;
        if (_further is null || word >= _further.Length)
            Array.Resize(ref _further, word + 1);
        _further[word] |= 1UL << position;
    }
}
