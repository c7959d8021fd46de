using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Says when an attempt is slower than it should be, and whether a second one may be sent for it.</summary>
internal sealed class HedgeController(IDeploymentVitals vitals)
{
    /// <summary>With fewer calls in the last five minutes it is not known what is slow.</summary>
    public const int MinSamples = 20;

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
        if (firstToken.Samples < MinSamples)
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

/// <summary>Keeps the second requests of a route to a share of its requests: each request earns that share of one, and what is not used is kept up to <see cref="MaxSaved"/>.</summary>
internal sealed class HedgeBudget(double share)
{
    /// <summary>A quiet hour must not end in a burst.</summary>
    public const int MaxSaved = 10;

    private const long One = 1_000_000;
    private readonly long _earned = (long)(share * One);
    private long _saved;

    /// <summary>A request has come.</summary>
    public void Earn()
    {
        long saved, next;
        do
        {
            saved = Volatile.Read(ref _saved);
            next = Math.Min(saved + _earned, MaxSaved * One);
        }
        while (next != saved && Interlocked.CompareExchange(ref _saved, next, saved) != saved);
    }

    /// <summary>False when the share is used up.</summary>
    public bool TrySpend()
    {
        while (Volatile.Read(ref _saved) is var saved && saved >= One)
        {
            if (Interlocked.CompareExchange(ref _saved, saved - One, saved) == saved)
                return true;
        }

        return false;
    }
}
