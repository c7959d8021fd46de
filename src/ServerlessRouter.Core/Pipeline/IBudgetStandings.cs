using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>How much of their budgets callers have left.</summary>
public interface IBudgetStandings
{
    /// <summary>The first of the caller's budgets of which little is left, of those that say how to spare then; null while there is enough. Never waits.</summary>
    BudgetModel? FindLow(RequestContext context);
}
