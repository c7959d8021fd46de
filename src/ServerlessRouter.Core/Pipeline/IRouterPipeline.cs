using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>What an endpoint asks of the router.</summary>
public interface IRouterPipeline
{
    /// <summary>Answers a request. Throws only when the caller went away.</summary>
    ValueTask<ChatOutcome> InvokeAsync(RequestContext context, CancellationToken cancellationToken);

    /// <summary>Takes one step of a request that is answered in several, as its <see cref="RequestContext.ResumePoint"/> says. Recorded once, when it ends.</summary>
    ValueTask<ChatOutcome> ResumeAsync(RequestContext context, CancellationToken cancellationToken);

    /// <summary>Decides as <see cref="InvokeAsync"/> would and calls no model: afterwards the context has its profile and its plan. Null on success.</summary>
    ValueTask<RouterError?> PlanAsync(RequestContext context, CancellationToken cancellationToken);
}
