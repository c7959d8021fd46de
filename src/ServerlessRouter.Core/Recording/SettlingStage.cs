using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Recording;

/// <summary>
/// Outermost of a resumed request: records it once, when it has ended. A step that broke off is not an end: it is taken again, and what it paid for stays with its driver.
/// </summary>
internal sealed class SettlingStage(RecordingStage recording) : IRequestStage
{
    public async ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        RequestSpan.Begin(context);
        try
        {
            var outcome = await next(context, cancellationToken).ConfigureAwait(false);
            return outcome is ChatOutcome.Unfinished ? outcome : recording.Finish(context, outcome);
        }
        finally
        {
            RequestSpan.EndStep(context);
        }
    }
}
