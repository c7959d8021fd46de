using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Says when an attempt is slower than it should be, and whether a second one may be sent for it.</summary>
internal sealed class Hedging(IDeploymentVitals vitals)
{
    /// <summary>With fewer calls in the last five minutes it is not known what is slow.</summary>
    public const int LeastSamples = 20;

    private readonly ConfigurationTable<RouteModel, HedgeBudget> _budgets = new();

    /// <summary>Drops the shares of routes that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _budgets.KeepOnly(router.Targets.Values);

    /// <summary>Whether the request may be sent twice at all; counts it among those that earn the route its share.</summary>
    public bool Allows(RequestContext context)
    {
        if (context.Route.Hedge is not { } hedge)
            return false;
        BudgetOf(context.Route).Earn();
        return hedge.WithTools || !context.Request.Needs.HasFlag(Capabilities.Tools);
    }

    /// <summary>
    /// How long the attempt is waited for alone; null while that is not known. A stream is slow once nineteen of twenty would have begun. A plain answer shows nothing before
    /// its end, so its expected time is taken, as much longer as the slow first tokens are than the usual ones.
    /// </summary>
    public TimeSpan? Patience(PlannedCandidate candidate, bool isStream)
    {
        var firstToken = vitals.FirstTokenOf(candidate.Model);
        if (firstToken.Samples < LeastSamples)
            return null;
        if (isStream)
            return TimeSpan.FromSeconds(firstToken.P95);
        return candidate.LatencySeconds is { } whole && firstToken.P50 > 0
            ? TimeSpan.FromSeconds(Math.Max(firstToken.P95, whole * (firstToken.P95 / firstToken.P50)))
            : null;
    }

    /// <summary>Takes a second request from the route's share, where another deployment could answer it.</summary>
    public bool TryTake(AttemptContext slow) => slow is { HasEnded: false, OthersUntried: > 0 } && BudgetOf(slow.Request.Route).TrySpend();

    private HedgeBudget BudgetOf(RouteModel route) => _budgets.Of(route, static route => new HedgeBudget(route.Hedge!.MaxShare));
}
