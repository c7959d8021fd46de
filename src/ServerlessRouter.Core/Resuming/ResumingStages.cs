using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>The stages of a request that is answered in several steps, beside those it shares with a live one.</summary>
internal sealed record ResumingStages(IRequestStage Settling, IRequestStage Recall, IRequestStage Restore, IRequestStage Reserve, IRequestStage Begin, IRequestStage Step);

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

/// <summary>Finds out again who is calling and what <c>model</c> stands for, by the configuration of now; a request that has ended goes no further.</summary>
internal sealed class RecallStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var refusal = AdmissionStage.Admit(context);
        return (context.ResumePoint!.Ending ?? refusal) is { } error ? new(new ChatOutcome.Failed(error)) : next(context, cancellationToken);
    }
}

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
