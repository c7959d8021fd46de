using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Tells callers and owners how limits and budgets stand.</summary>
/// <param name="ledger">What this instance knows.</param>
/// <param name="read">Reads how a limit stands over all instances, from the store.</param>
/// <param name="time">The clock.</param>
public sealed class LimitReader(ILimitLedger ledger, Func<LimitSubject, LimitModel, CancellationToken, ValueTask<LimitStanding>> read, TimeProvider time)
{
    /// <summary>Every limit that holds for a caller whatever it asks for; those of sessions, end users, routes and models are told where a request has them.</summary>
    public ValueTask<IReadOnlyList<LimitReading>> ReadAsync(RouterModel router, CallerModel? caller, CancellationToken cancellationToken) => ReadAsync(CallerClaims.Standing(router, caller), cancellationToken);

    /// <summary>The budgets of one caller: its tier's and its own.</summary>
    public static IEnumerable<(LimitSubject Subject, LimitModel Limit)> BudgetsOf(CallerModel caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var key = new LimitSubject(SubjectKind.Key, caller.Name);
        return caller.Tier.Limits.Concat(caller.Limits).Where(IsBudget).Select(limit => (key, limit));
    }

    /// <summary>Every budget of callers, by key, and of what callers share.</summary>
    public static IEnumerable<(LimitSubject Subject, LimitModel Limit)> Budgets(RouterModel router, IEnumerable<CallerModel> callers)
    {
        foreach (var budget in callers.SelectMany(BudgetsOf))
            yield return budget;

        if (!router.HasKeys)
        {
            foreach (var limit in router.AnonymousTier.Limits.Where(IsBudget))
                yield return (new LimitSubject(SubjectKind.Key, ""), limit);
        }

        var shared = router.SharedLimits;
        var named = shared.ByTier.Select(static pair => (SubjectKind.Tier, pair.Key, pair.Value))
            .Concat(shared.ByRoute.Select(static pair => (SubjectKind.Route, pair.Key, pair.Value)))
            .Concat(shared.ByModel.Select(static pair => (SubjectKind.Model, pair.Key, pair.Value)))
            .Concat(shared.ByTag.Select(static tag => (SubjectKind.Tag, tag.Text, tag.Limits)));
        foreach (var (kind, name, limits) in named.OrderBy(static entry => (entry.Item1, entry.Item2)))
        {
            foreach (var limit in limits.Where(IsBudget))
                yield return (new LimitSubject(kind, name), limit);
        }
    }

    /// <summary>How these stand.</summary>
    public ValueTask<IReadOnlyList<LimitReading>> ReadAsync(IEnumerable<(LimitSubject Subject, LimitModel Limit)> limits, CancellationToken cancellationToken) =>
        ReadAsync([.. limits.Select(static each => new Claim(each.Subject, each.Limit, 0))], cancellationToken);

    private async ValueTask<IReadOnlyList<LimitReading>> ReadAsync(Claim[] claims, CancellationToken cancellationToken)
    {
        var readings = new List<LimitReading>(claims.Length);
        foreach (var claim in claims)
        {
            var (stored, here) = (await read(claim.Subject, claim.Limit, cancellationToken).ConfigureAwait(false), ledger.Look(claim.Subject, claim.Limit));
            readings.Add(new LimitReading(claim.Subject, claim.Limit, Join(claim.Limit, stored, here), time.GetUtcNow()));
        }

        return readings;
    }

    /// <summary>The store knows what the others use, and this instance what its own requests use and have set aside since. Of concurrency nothing stays used, so an idle one looks like one never asked for.</summary>
    private static LimitStanding Join(LimitModel limit, in LimitStanding stored, in LimitStanding here) =>
        limit.Measure != LimitMeasure.Concurrency && here is { Used: 0, Pending: 0 } ? stored : stored with { Used = Math.Max(stored.Used, here.Used), Pending = here.Pending };

    private static bool IsBudget(LimitModel limit) => limit.Measure == LimitMeasure.Money;
}

/// <summary>How a limit stands at a moment.</summary>
/// <param name="Subject">Whose count it is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="At">When.</param>
public sealed record LimitReading(LimitSubject Subject, LimitModel Limit, LimitStanding Standing, DateTimeOffset At)
{
    private const double MinSharePassed = 0.01;

    /// <summary>An amount as callers are told it: USD for money, else a count.</summary>
    public decimal Figure(long amount) => Limit.Measure == LimitMeasure.Money ? RequestUse.UsdOf(amount) : amount;

    /// <summary>What will be used by the window's end if it goes on as so far; null in its first hundredth and where it has no end.</summary>
    public long? Forecast
    {
        get
        {
            if (Standing.ResetsAt is not { } end || StartOf(Limit.Window, end) is not { } start)
                return null;
            var passed = (At - start) / (end - start);
            return passed < MinSharePassed ? null : (long)(Standing.Used / Math.Min(1, passed));
        }
    }

    private static DateTimeOffset? StartOf(LimitWindow window, DateTimeOffset end) => window switch
    {
        LimitWindow.Minute => end.AddMinutes(-1),
        LimitWindow.Hour => end.AddHours(-1),
        LimitWindow.Day => end.AddDays(-1),
        LimitWindow.Week => end.AddDays(-7),
        LimitWindow.Month => end.AddMonths(-1),
        _ => null,
    };
}
