using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Decides which models are tried for the request, in what order and why; in a later turn of a request what its first turn decided.</summary>
internal sealed class RoutingStage(PlanningKnowledge knowledge) : IRequestStage
{
    private readonly RoutePlanner _planner = new(knowledge);

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (context.Turn?.Pinned is { } pinned)
            return RestoreAsync(context, pinned, next, cancellationToken);
        var error = _planner.Plan(context, out var plan);
        if (plan is not null)
            context.Plan = plan;
        return error is null ? next(context, cancellationToken) : new(new ChatOutcome.Failed(error));
    }

    private ValueTask<ChatOutcome> RestoreAsync(RequestContext context, PinnedPlan pinned, NextRequestStage next, CancellationToken cancellationToken)
    {
        // What the request demands of deployments stands in the request, which does not change.
        if (RequestWishes.Read(context, knowledge.Vitals, out var wishes) is { } error)
            return new(new ChatOutcome.Failed(error));
        context.Plan = pinned.Restore(context, wishes.Filter);
        return next(context, cancellationToken);
    }
}
