using System.Collections.Immutable;
using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing;

/// <summary>
/// Plans again with one thing changed at a time, by the very pool that planned, until the second candidate comes first: 1 the quality floor, 2 the figures of the second candidate,
/// 3 the weights, 4 what the caller prefers.
/// </summary>
internal sealed class PlanCounterfactuals(PoolOrder order) : IPlanCounterfactuals
{
    /// <summary>Candidates looked at; those far behind change nothing.</summary>
    private const int MaxCandidates = 64;

    /// <summary>Halvings of an interval: more digits than are shown.</summary>
    private const int Halvings = 40;

    /// <summary>As many decimals as floors and weights are shown with.</summary>
    private const double Grain = 1e-4;

    /// <summary>Weights beyond this many times their sum are no weighing any more.</summary>
    private const double MaxWeight = 1000;

    private static readonly CallerPreference[] Preferences = [CallerPreference.Cost, CallerPreference.Latency, CallerPreference.Quality];

    public IReadOnlyList<PlanFlip> Find(RoutePlan plan)
    {
        var pool = plan.Candidates.Where(static candidate => candidate is { IsFallback: false, Standing: not CandidateStanding.Cramped }).Take(MaxCandidates).Select(Figures).ToArray();
        if (pool.Length < 2)
            return [];
        return [.. Floors(pool), .. FiguresOfTheSecond(pool), .. Weights(pool), .. Wishes(pool)];
    }

    private IEnumerable<PlanFlip> Floors(CandidateFigures[] pool)
    {
        var lowered = Floor(pool[1].Quality);
        if (lowered < order.Floor && Wins(pool, floor: lowered))
            yield return new PlanFlip("minimum_quality", order.Floor, lowered, $"the quality floor (minimumQuality) is at most {Text(lowered)} instead of {Text(order.Floor)}");

        var raised = Ceiling(pool[0].Quality + (1.01 * Grain));
        if (raised > order.Floor && raised <= 1 && Wins(pool, floor: raised))
            yield return new PlanFlip("minimum_quality", order.Floor, raised, $"the quality floor (minimumQuality) is at least {Text(raised)} instead of {Text(order.Floor)}");
    }

    private IEnumerable<PlanFlip> FiguresOfTheSecond(CandidateFigures[] pool)
    {
        var second = pool[1];
        if (second.CostUsd > 0 && Least(0, 1, share => Wins(pool, second with { CostUsd = second.CostUsd * (1 - share) })) is { } discount)
        {
            var cost = second.CostUsd * (1 - discount);
            yield return new PlanFlip(
                "cost_usd", second.CostUsd, cost, $"it costs {Money(cost)} USD for this request instead of {Money(second.CostUsd)}: its price falls by {(discount * 100).ToString("0.0", CultureInfo.InvariantCulture)} %");
        }

        if (Least(second.Quality, 1, quality => Wins(pool, second with { Quality = (float)quality, QualityAtTask = Math.Max((float)quality, second.QualityAtTask) })) is { } better)
            yield return new PlanFlip("quality", second.Quality, Ceiling(better), $"its expected quality is {Text(Ceiling(better))} instead of {Text(second.Quality)}");

        if (second.LatencySeconds is { } seconds && Least(0, 1, share => Wins(pool, Faster(second, share))) is { } faster)
            yield return new PlanFlip("latency_seconds", seconds, seconds * (1 - faster), $"it answers within {Text(seconds * (1 - faster))} seconds instead of {Text(seconds)}");

        if (second.IsDeprioritised && Wins(pool, second with { IsDeprioritised = false }))
            yield return new PlanFlip("provider.preferred", null, null, "it is as fast as preferred_min_throughput and preferred_max_latency ask, or the request does not ask for it");
    }

    private IEnumerable<PlanFlip> Weights(CandidateFigures[] pool)
    {
        if (order.Objective.Name != ObjectiveNames.Weighted)
            return [];
        return
        [
            .. Weight(pool, "quality", order.Configured.QualityWeight, static (terms, weight) => terms with { QualityWeight = weight }),
            .. Weight(pool, "cost", order.Configured.CostWeight, static (terms, weight) => terms with { CostWeight = weight }),
            .. Weight(pool, "latency", order.Configured.LatencyWeight, static (terms, weight) => terms with { LatencyWeight = weight }),
        ];
    }

    private IEnumerable<PlanFlip> Weight(CandidateFigures[] pool, string name, double now, Func<ObjectiveModel, double, ObjectiveModel> change)
    {
        var most = MaxWeight * (order.Configured.QualityWeight + order.Configured.CostWeight + order.Configured.LatencyWeight);
        if (Least(now, most, weight => Wins(pool, terms: change(order.Configured, weight))) is { } raised)
            yield return new PlanFlip($"weights.{name}", now, Ceiling(raised), $"the weight of {name} is at least {Text(Ceiling(raised))} instead of {Text(now)}");
        if (Least(0, now, less => Wins(pool, terms: change(order.Configured, now - less))) is { } less)
            yield return new PlanFlip($"weights.{name}", now, Floor(now - less), $"the weight of {name} is at most {Text(Floor(now - less))} instead of {Text(now)}");
    }

    private IEnumerable<PlanFlip> Wishes(CandidateFigures[] pool) => Preferences
        .Select(RoutingObjectives.Get)
        .Where(other => other.Name != order.Objective.Name && Wins(pool, other: other))
        .Select(static other => new PlanFlip("prefer", null, null, $"{other.Name} is preferred (objective.prefer, or the header {PreferHeader.Name})"));

    private bool Wins(CandidateFigures[] pool, CandidateFigures? second = null, IObjective? other = null, ObjectiveModel? terms = null, double? floor = null)
    {
        var candidates = new CandidatePool();
        for (var place = 0; place < pool.Length; place++)
            candidates.Add(place == 1 && second is { } changed ? changed : pool[place], isFallback: false);
        var plan = ImmutableArray.CreateBuilder<PlannedCandidate>(pool.Length);
        candidates.MoveTo(plan, new PoolOrder(other ?? order.Objective, terms ?? order.Configured, floor ?? order.Floor));
        return ReferenceEquals(plan[0].Model, pool[1].Model);
    }

    /// <summary>The least value of an interval that holds, where larger ones hold too; null when not even the largest does.</summary>
    private static double? Least(double from, double to, Func<double, bool> holds)
    {
        if (to <= from || !holds(to))
            return null;
        for (var halving = 0; halving < Halvings; halving++)
        {
            var middle = (from + to) / 2;
            if (holds(middle))
                to = middle;
            else
                from = middle;
        }

        return to;
    }

    private static CandidateFigures Faster(in CandidateFigures figures, double share) => figures with
    {
        LatencySeconds = figures.LatencySeconds * (1 - share),
        FirstTokenSeconds = (float?)(figures.FirstTokenSeconds * (1 - share)),
        TokensPerSecond = share < 1 ? (float?)(figures.TokensPerSecond / (1 - share)) : float.MaxValue,
    };

    private static CandidateFigures Figures(PlannedCandidate candidate) => new()
    {
        Model = candidate.Model,
        Quality = candidate.Quality,
        QualityAtTask = candidate.QualityAtTask,
        CostUsd = candidate.CostUsd,
        LatencySeconds = candidate.LatencySeconds,
        FirstTokenSeconds = candidate.FirstTokenSeconds,
        TokensPerSecond = candidate.TokensPerSecond,
        IsDeprioritised = candidate.Standing is CandidateStanding.Unpreferred or CandidateStanding.BelowFloorAndUnpreferred,
    };

    private static double Floor(double value) => Math.Floor(value / Grain) * Grain;

    private static double Ceiling(double value) => Math.Ceiling(value / Grain) * Grain;

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Money(double usd) => usd.ToString("0.##########", CultureInfo.InvariantCulture);
}
