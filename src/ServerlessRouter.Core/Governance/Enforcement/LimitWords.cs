using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Tells a caller why a limit refused its request: for a while, or for good.</summary>
internal static class LimitWords
{
    /// <summary>What others have set aside comes back shortly.</summary>
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(1);

    /// <summary>What an end user or a session that is not heard of keeps its place for, once places are few.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StorageRecheck = TimeSpan.FromSeconds(5);

    /// <summary>The error of a refusal.</summary>
    public static RouterError Explain(LimitRefusal refusal, DateTimeOffset now)
    {
        var (limit, standing) = (refusal.Claim.Limit, refusal.Standing);
        var facts = new LimitFacts(limit.Name, NameOf(limit.Window), standing.ResetsAt)
        {
            Budget = limit.Measure == LimitMeasure.Money ? new BudgetFacts(RequestUse.UsdOf(standing.Used), RequestUse.UsdOf(standing.Pending), RequestUse.UsdOf(limit.Amount)) : null,
        };
        var what = $"The {(limit.Measure == LimitMeasure.Money ? "budget" : "limit")} '{limit.Name}' of {SubjectOf(refusal.Claim.Subject)}, {AmountOf(limit)},";
        if (refusal.Reason == LimitRefusalReason.StoreUnavailable)
        {
            return new RouterError(RouterErrorCode.TemporarilyUnavailable, $"{what} cannot be looked up, because the router's storage cannot be reached. Try again shortly.")
            {
                Limit = facts, RetryAfter = StorageRecheck,
            };
        }

        if (refusal.Reason == LimitRefusalReason.TooManySubjects)
        {
            return new RouterError(
                RouterErrorCode.RateLimitExceeded, $"{what} cannot be counted: this key names more end users and sessions at once than are counted for one key. Those that rest for half a minute make room; try again then, or name fewer.")
            {
                Limit = facts, RetryAfter = Rest,
            };
        }

        if (IsForGood(refusal))
        {
            var spent = facts.Budget is { } budget ? $" ({Text(budget.SpentUsd)} USD spent, {Text(budget.PendingUsd)} USD pending)" : "";
            var end = limit.Window == LimitWindow.Session ? "Begin another session." : $"It begins anew at {standing.ResetsAt:yyyy-MM-dd'T'HH:mm:ss'Z'}; until then another try does not help.";
            return new RouterError(RouterErrorCode.InsufficientQuota, $"{what} is used up{spent}. {end}") { Limit = facts };
        }

        var wait = WaitOf(refusal, now);
        var why = refusal.Reason == LimitRefusalReason.UsedUp && limit.Measure != LimitMeasure.Concurrency ? "is reached" : "is held by requests under way";
        return new RouterError(RouterErrorCode.RateLimitExceeded, $"{what} {why}. Try again in {Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s.") { Limit = facts, RetryAfter = wait };
    }

    /// <summary>Whether waiting for less than hours cannot help.</summary>
    public static bool IsForGood(LimitRefusal refusal) =>
        refusal.Reason == LimitRefusalReason.UsedUp && (refusal.Claim.Limit.Measure == LimitMeasure.Money || refusal.Claim.Limit.Window == LimitWindow.Session);

    /// <summary>How long until another try may help.</summary>
    public static TimeSpan WaitOf(LimitRefusal refusal, DateTimeOffset now)
    {
        if (refusal.Reason == LimitRefusalReason.TooManySubjects)
            return Rest;
        if (refusal.Reason != LimitRefusalReason.UsedUp || refusal.Standing.ResetsAt is not { } at)
            return Shortly;
        return at > now ? at - now : TimeSpan.Zero;
    }

    /// <summary>The name of a window on the wire.</summary>
    public static string NameOf(LimitWindow window) => window switch
    {
        LimitWindow.None => "concurrent",
        LimitWindow.Minute => "minute",
        LimitWindow.Hour => "hour",
        LimitWindow.Day => "day",
        LimitWindow.Week => "week",
        LimitWindow.Month => "month",
        LimitWindow.Session => "session",
    };

    private static string SubjectOf(in LimitSubject subject) => subject.Kind switch
    {
        SubjectKind.Key => subject.Name.Length == 0 ? "callers without a key" : "this key",
        SubjectKind.EndUser => "this end user",
        SubjectKind.Session => "this session",
        SubjectKind.Tier => $"the tier '{subject.Name}'",
        SubjectKind.Route => $"'{subject.Name}'",
        SubjectKind.Model => $"the model '{subject.Name}'",
        SubjectKind.Tag => $"the keys tagged {subject.Name}",
        SubjectKind.Deployment => "a deployment",
    };

    private static string AmountOf(LimitModel limit)
    {
        var per = limit.Window is LimitWindow.None ? "" : $" a {NameOf(limit.Window)}";
        return limit.Measure switch
        {
            LimitMeasure.Requests => $"{Counted.Of(limit.Amount, "request")}{per}",
            LimitMeasure.Tokens => $"{Counted.Of(limit.Amount, "token")}{per}",
            LimitMeasure.Money => $"{Text(RequestUse.UsdOf(limit.Amount))} USD{per}",
            LimitMeasure.Concurrency => $"{Counted.Of(limit.Amount, "request")} at once",
        };
    }

    private static string Text(decimal usd) => usd.ToString("0.00####", CultureInfo.InvariantCulture);
}
