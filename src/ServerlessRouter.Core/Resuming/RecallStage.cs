using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>Finds out again who is calling and what <c>model</c> stands for, by the configuration of now; a request that has ended goes no further.</summary>
internal sealed class RecallStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var refusal = AdmissionStage.Admit(context);
        return (context.ResumePoint!.Ending ?? refusal) is { } error ? new(new ChatOutcome.Failed(error)) : next(context, cancellationToken);
    }
}
