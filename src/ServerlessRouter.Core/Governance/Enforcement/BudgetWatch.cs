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

    private readonly ConcurrentDictionary<(LimitSubject, string), ToldMark> _told = [];

    /// <summary>Hears of each mark that is reached. Must not block or throw.</summary>
    public event Action<BudgetMark>? Reached;

    /// <summary>Looks whether a mark is reached. End users and sessions are the caller's to watch.</summary>
    public void Look(in LimitSubject subject, LimitModel limit, in LimitStanding standing)
    {
        if (standing.Amount == 0 || subject.Kind is SubjectKind.EndUser or SubjectKind.Session)
            return;
        if (standing.Used < standing.Amount / 2)
        {
            ForgetChanged(subject, limit);
            return;
        }

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

    /// <summary>What was told of a budget counts no more where its amount is another now: should it be changed back, the marks are reached anew.</summary>
    public void ForgetChanged(in LimitSubject subject, LimitModel limit)
    {
        // While the amount is the same, what is spent may seem less for a moment, and no mark is told twice.
        if (!_told.IsEmpty && _told.TryGetValue((subject, limit.Name), out var told) && told.Amount != limit.Amount)
            Forget(subject, limit.Name, told);
    }

    /// <summary>What was told of a budget up to a moment counts no more, because the budget was taken away or raised far enough since.</summary>
    public void ForgetUntil(in LimitSubject subject, string limit, DateTimeOffset end)
    {
        if (_told.TryGetValue((subject, limit), out var told) && told.At <= end)
            Forget(subject, limit, told);
    }

    // Not what was told in between.
    private void Forget(in LimitSubject subject, string limit, in ToldMark told) => _told.TryRemove(new((subject, limit), told));

    private bool IsNew(in LimitSubject subject, LimitModel limit, DateTimeOffset? window, int mark)
    {
        var key = (subject, limit.Name);
        var mine = new ToldMark(window, limit.Amount, mark, time.GetUtcNow());
        while (true)
        {
            if (!_told.TryGetValue(key, out var told))
            {
                if (_told.Count >= MaxRemembered)
                    _told.Clear();
                if (_told.TryAdd(key, mine))
                    return true;
            }
            else if (told.Window == window && told.Amount == limit.Amount && told.Mark >= mark)
            {
                return false;
            }
            else if (_told.TryUpdate(key, mine, told))
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

    private readonly record struct ToldMark(DateTimeOffset? Window, long Amount, int Mark, DateTimeOffset At);
}
