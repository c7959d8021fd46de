using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance;

/// <summary>A share of a budget has been spent, for the first time in its window.</summary>
/// <param name="Subject">Whose budget it is.</param>
/// <param name="Limit">The budget.</param>
/// <param name="Percent">50, 80 or 100.</param>
/// <param name="Standing">How it stands, as far as this instance knows.</param>
/// <param name="At">When it was seen.</param>
public sealed record BudgetMark(LimitSubject Subject, LimitModel Limit, int Percent, LimitStanding Standing, DateTimeOffset At);
