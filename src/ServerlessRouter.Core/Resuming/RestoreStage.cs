using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>Brings back what classification found and routing decided when the request was planned.</summary>
internal sealed class RestoreStage(IDeploymentFilterSource filters) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var planned = context.ResumePoint!.Plan!;
        context.Profile = planned.Profile;
        // What the request demands of deployments stands in the request, which does not change.
        if (filters.Read(context, out var filter) is { } error)
            return new(new ChatOutcome.Failed(error));
        context.Plan = planned.Restore(context, filter);
        return next(context, cancellationToken);
    }
}
