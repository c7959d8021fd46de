using ServerlessRouter.Chat;

namespace ServerlessRouter.Pipeline;

/// <summary>A stage that runs once for a request.</summary>
public interface IRequestStage
{
    /// <summary>Does its one thing around <paramref name="next"/>.</summary>
    ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken);
}

/// <summary>The rest of the request's pipeline.</summary>
public delegate ValueTask<ChatOutcome> NextRequestStage(RequestContext context, CancellationToken cancellationToken);
