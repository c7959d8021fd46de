using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Decides which models are tried for the request, in what order and why.</summary>
internal sealed class RoutingStage(PlanningKnowledge knowledge) : IRequestStage
{
    private readonly RoutePlanner _planner = new(knowledge);

    /// <summary>Drops what it keeps for routes that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _planner.Follow(router);

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var error = _planner.Plan(context, out var plan);
        if (plan is not null)
            context.Plan = plan;
        return error is null ? next(context, cancellationToken) : new(new ChatOutcome.Failed(error));
    }
}
