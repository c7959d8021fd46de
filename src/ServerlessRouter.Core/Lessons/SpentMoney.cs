using System.Collections.Concurrent;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>What each caller with a budget has spent in the running period at this instance, since it started; enough to spare by, not to forbid by.</summary>
internal sealed class SpentMoney(TimeProvider time) : IBudgetStandings
{
    /// <summary>By the caller's name; the configuration bounds how many there are.</summary>
    private readonly ConcurrentDictionary<string, PeriodSpend> _spends = new(StringComparer.Ordinal);

    public double LeftShare(RequestContext context)
    {
        if (context.Tier.Budget is not { } budget)
            return 1;
        var spent = _spends.TryGetValue(context.CallerName ?? "", out var purse) ? purse.SpentSince(StartOf(budget)) : 0;
        return (double)Math.Clamp(1 - (spent / budget.Usd), 0, 1);
    }

    public void Add(RequestContext context)
    {
        if (context.Tier.Budget is { } budget && context.CostUsd > 0)
            _spends.GetOrAdd(context.CallerName ?? "", static _ => new PeriodSpend()).Add(context.CostUsd, StartOf(budget));
    }

    private DateTime StartOf(BudgetModel budget)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return budget.Per switch
        {
            BudgetPeriods.Hour => now.Date.AddHours(now.Hour),
            BudgetPeriods.Day => now.Date,
            _ => new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc),
        };
    }
}

/// <summary>Money spent since the start of a period.</summary>
internal sealed class PeriodSpend
{
    private readonly Lock _lock = new();
    private DateTime _since;
    private decimal _usd;

    public decimal SpentSince(DateTime start)
    {
        lock (_lock)
            return _since == start ? _usd : 0;
    }

    public void Add(decimal usd, DateTime start)
    {
        lock (_lock)
            (_since, _usd) = (start, Sums.Usd(_since == start ? _usd : 0, usd));
    }
}
