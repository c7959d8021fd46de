using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>Ends the first step of a request that is answered in several: it is planned now, and its history begins.</summary>
internal sealed class BeginStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (RequestLimits.Read(context.Headers, context.Route.Limits, out var limits) is { } badHeader)
            return new(new ChatOutcome.Failed(badHeader));
        ((DispatchResumePoint)context.ResumePoint!).Begin(context, limits);
        return new(ChatOutcome.Unfinished.Instance);
    }
}
