using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>The limits a request is under: set once the caller is known, told of the end once.</summary>
public interface IRequestLimits
{
    /// <summary>How the limits stand now, as far as this instance knows. Never waits.</summary>
    LimitFigures Look();

    /// <summary>Counts a request that is answered without a call, against the limits of requests alone; or says why it may not be answered.</summary>
    ValueTask<RouterError?> CountAnsweredAsync(CancellationToken cancellationToken);

    /// <summary>Whether a model is at a limit of its own, so that it is not to be asked beside the request. Never waits.</summary>
    bool IsAtLimit(LanguageModel model);

    /// <summary>Does something once what was set aside is free for others; at once where it is. For one thing, which must not block or throw.</summary>
    void AfterSettling(Action action);

    /// <summary>Puts what was used in the place of what was set aside; once, further calls do nothing. Must not block or throw.</summary>
    void Settle(RequestContext context);
}

/// <summary>How a caller's limits stand, for the headers of its answer.</summary>
/// <param name="Requests">The limit of requests that has the least left; null without one.</param>
/// <param name="Tokens">The limit of tokens that has the least left; null without one.</param>
/// <param name="BudgetRemainingUsd">What is left of the budget that has the least left; null without one.</param>
/// <param name="DowngradedBy">The budget because of which only the cheapest candidate was asked; null where none was.</param>
public readonly record struct LimitFigures(RateFigures? Requests, RateFigures? Tokens, decimal? BudgetRemainingUsd, string? DowngradedBy);

/// <summary>How one limit stands.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until it begins anew; null where it never does.</param>
public readonly record struct RateFigures(long Limit, long Remaining, TimeSpan? Reset);
