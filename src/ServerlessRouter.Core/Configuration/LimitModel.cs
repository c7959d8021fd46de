namespace ServerlessRouter.Configuration;

/// <summary>A limit or a budget: so much of one thing in each window, for whatever subject it is asked about.</summary>
/// <param name="Name">What callers and operators know it by, such as <c>requestsPerMinute</c> or <c>large-cap.budget.month</c>; unique among the limits that bear on one subject.</param>
/// <param name="Measure">What is counted.</param>
/// <param name="Amount">How much of it; at least 1. Money is in millionths of a USD.</param>
/// <param name="Window">When the count begins anew.</param>
public sealed record LimitModel(string Name, LimitMeasure Measure, long Amount, LimitWindow Window)
{
    /// <summary>What is done while the store cannot be reached, and so how much is left is not known.</summary>
    public StoreFailureRule OnStoreFailure { get; init; }

    /// <summary>What happens to a request for which too little is left.</summary>
    public AtLimitModel AtLimit { get; init; } = AtLimitModel.Refuse;

    /// <summary>How far its count may go: the amount, or more where requests are downgraded at it.</summary>
    public long Ceiling => AtLimit.Action == AtLimitAction.Downgrade ? (long)(Amount * AtLimit.UpTo) : Amount;
}

/// <summary>What a limit counts.</summary>
public enum LimitMeasure
{
    /// <summary>Requests that were let through.</summary>
    Requests,

    /// <summary>Tokens of prompts and answers.</summary>
    Tokens,

    /// <summary>Money, in millionths of a USD.</summary>
    Money,

    /// <summary>Requests under way at once; given back when they end.</summary>
    Concurrency,
}

/// <summary>When a limit's count begins anew; calendar windows end at their UTC boundary, a week on Monday.</summary>
public enum LimitWindow
{
    /// <summary>Never: what is counted is given back.</summary>
    None,
    Minute,
    Hour,
    Day,
    Week,
    Month,

    /// <summary>With each session.</summary>
    Session,
}

/// <summary>What is done while the store cannot be reached.</summary>
public enum StoreFailureRule
{
    /// <summary>What this instance was granted is spent; then limits let requests through, and budgets refuse them.</summary>
    LastLease,

    /// <summary>Requests are let through.</summary>
    Open,

    /// <summary>Requests are refused.</summary>
    Closed,
}

/// <summary>What happens to a request for which too little of a limit is left.</summary>
/// <param name="Action">The kind of thing.</param>
/// <param name="UpTo">Downgrading: the share of the limit, above 1, at which requests are refused after all.</param>
/// <param name="Wait">Queueing: how long a request may wait.</param>
public sealed record AtLimitModel(AtLimitAction Action, double UpTo = 1, TimeSpan Wait = default)
{
    public const double DefaultDowngradeUpTo = 1.2;
    public const double DefaultQueueSeconds = 5;

    public static readonly AtLimitModel Refuse = new(AtLimitAction.Refuse);
}

/// <summary>The kinds of things that happen at a limit.</summary>
public enum AtLimitAction
{
    Refuse,

    /// <summary>Only the cheapest candidates are tried, up to a larger share of the limit.</summary>
    Downgrade,

    /// <summary>The request waits, bounded in time and number.</summary>
    Queue,
}
