using ServerlessRouter.Chat;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>Carries out the one step that was decided for a resumed request, by the code of live requests.</summary>
internal sealed class StepStage(DispatchSteps steps, AnswerCheckTable checks, TimeProvider time) : IRequestStage
{
    public async ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var point = (DispatchResumePoint)context.ResumePoint!;
        var limits = point.History.Limits;
        await using var cascade = context.Plan.Cascade is { CanClimb: true } plan
            ? new CascadeRun(context, plan.Model, point.History.Cascade ?? CascadeRun.BoundsOf(plan, limits), checks.Of(plan.Model), time)
            : null;
        if (cascade is null && point.Step.Kind is DispatchStepKind.Check or DispatchStepKind.Accept)
            return point.GiveUnchecked(context);
        if (cascade is not null)
            point.HandOver(cascade);

        var run = new DispatchRun(limits, cascade) { Facts = point.Facts };
        if (await steps.CarryOutAsync(context, run, point.Step, time.GetTimestamp(), cancellationToken).ConfigureAwait(false) is { } outcome)
            return outcome;
        point.Answer = cascade?.TakeUnchecked();
        return ChatOutcome.Unfinished.Instance;
    }
}
