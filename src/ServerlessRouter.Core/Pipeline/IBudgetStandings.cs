namespace ServerlessRouter.Pipeline;

/// <summary>How much of their budgets callers have left.</summary>
public interface IBudgetStandings
{
    /// <summary>What is left of the caller's budget in this period, 0..1 of the whole; 1 where its tier has none. Never waits.</summary>
    double LeftShare(RequestContext context);
}
