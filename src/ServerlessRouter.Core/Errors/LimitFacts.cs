namespace ServerlessRouter.Errors;

/// <summary>The limit because of which a request was refused, for <c>error.metadata</c>.</summary>
/// <param name="Limit">Its name.</param>
/// <param name="Window">What it is counted in: <c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c>, <c>month</c>, <c>session</c>, or <c>concurrent</c>.</param>
/// <param name="ResetsAt">When it begins anew; null where time alone frees nothing.</param>
public sealed record LimitFacts(string Limit, string Window, DateTimeOffset? ResetsAt)
{
    /// <summary>What is spent, pending and allowed, in USD; null where the limit is none of money.</summary>
    public BudgetFacts? Budget { get; init; }
}

/// <summary>How a budget stood when a request was refused.</summary>
/// <param name="SpentUsd">Spent in this window.</param>
/// <param name="PendingUsd">Set aside and not settled.</param>
/// <param name="BudgetUsd">The budget.</param>
public sealed record BudgetFacts(decimal SpentUsd, decimal PendingUsd, decimal BudgetUsd);
