using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Tells owners when half, four fifths and all of a budget is used, once in each window and for each amount that it is changed to. Instances see what they know, so each of them tells.</summary>
internal sealed partial class BudgetWatch(TimeProvider time, ILogger<BudgetWatch> logger)
{
    /// <summary>Budgets whose last mark is remembered; beyond it all are forgotten and told of once more.</summary>
    public const int MaxRemembered = 4096;

    private static readonly int[] Marks = [100, 80, 50];

    private readonly ConcurrentDictionary<(LimitSubject, string), (DateTimeOffset? Window, long Amount, int Mark)> _told = [];

    /// <summary>Hears of each mark that is reached. Must not block or throw.</summary>
    public event Action<BudgetMark>? Reached;

    /// <summary>Looks whether a mark is reached. End users and sessions are the caller's to watch.</summary>
    public void Look(in LimitSubject subject, LimitModel limit, in LimitStanding standing)
    {
        if (standing.Used < standing.Amount / 2 || standing.Amount == 0 || subject.Kind is SubjectKind.EndUser or SubjectKind.Session)
            return;
        var percent = (double)standing.Used / standing.Amount * 100;
        foreach (var mark in Marks)
        {
            if (percent < mark)
                continue;
            if (IsNew(subject, limit, standing.ResetsAt, mark))
                Tell(new BudgetMark(subject, limit, mark, standing, time.GetUtcNow()));
            return;
        }
    }

    private bool IsNew(in LimitSubject subject, LimitModel limit, DateTimeOffset? window, int mark)
    {
        var key = (subject, limit.Name);
        while (true)
        {
            if (!_told.TryGetValue(key, out var told))
            {
                if (_told.Count >= MaxRemembered)
                    _told.Clear();
                if (_told.TryAdd(key, (window, limit.Amount, mark)))
                    return true;
            }
            else if (told.Window == window && told.Amount == limit.Amount && told.Mark >= mark)
            {
                return false;
            }
            else if (_told.TryUpdate(key, (window, limit.Amount, mark), told))
            {
                return true;
            }
        }
    }

    private void Tell(BudgetMark mark)
    {
        var level = mark.Percent < 100 ? LogLevel.Information : LogLevel.Warning;
        var (spentUsd, budgetUsd) = (RequestUse.UsdOf(mark.Standing.Used), RequestUse.UsdOf(mark.Limit.Amount));
        LogReached(level, mark.Percent, mark.Limit.Name, mark.Subject, spentUsd, budgetUsd);
        Reached?.Invoke(mark);
    }

    [LoggerMessage(EventId = 1, Message = "{Percent} % of the budget {Limit} of {Subject} are spent: {SpentUsd} of {BudgetUsd} USD")]
    private partial void LogReached(LogLevel level, int percent, string limit, LimitSubject subject, decimal spentUsd, decimal budgetUsd);
}
