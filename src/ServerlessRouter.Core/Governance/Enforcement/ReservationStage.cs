using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>
/// Sets aside what a planned request may use of its limits, or refuses it. What it used is settled with its recording; of a request that is answered in several steps each step is
/// set aside and settled by itself, because the next may be another process's.
/// </summary>
internal sealed class ReservationStage(LimitDesk desk) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (context.Limits is not LimitTicket ticket)
            return next(context, cancellationToken);
        if (context.ResumePoint is not null)
            return LimitedSteps.TakeAsync(desk, ticket, context, next, cancellationToken);
        var taking = desk.TakeAsync(ticket, context, cancellationToken);
        return taking.IsCompletedSuccessfully
            ? GoOn(taking.Result, context, next, cancellationToken)
            : GoOnAsync(taking, context, next, cancellationToken);
    }

    private static ValueTask<ChatOutcome> GoOn(RouterError? refusal, RequestContext context, NextRequestStage next, CancellationToken cancellationToken) =>
        refusal is null ? next(context, cancellationToken) : new(new ChatOutcome.Failed(refusal));

    private static async ValueTask<ChatOutcome> GoOnAsync(ValueTask<RouterError?> taking, RequestContext context, NextRequestStage next, CancellationToken cancellationToken) =>
        await GoOn(await taking.ConfigureAwait(false), context, next, cancellationToken).ConfigureAwait(false);
}

/// <summary>Sets aside what a later step of a request may use, and settles what it used.</summary>
internal sealed class StepReservationStage(LimitDesk desk) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (CallerClaims.Of(context) is not { } claims)
            return next(context, cancellationToken);
        var ticket = new LimitTicket(desk, context, claims) { IsLaterStep = true };
        context.Limits = ticket;
        return context.ResumePoint!.MakesCall
            ? LimitedSteps.TakeAsync(desk, ticket, context, next, cancellationToken)
            : LimitedSteps.SettleAsync(ticket, context, next, cancellationToken);
    }
}

/// <summary>What both stages do around a step.</summary>
internal static class LimitedSteps
{
    public static async ValueTask<ChatOutcome> TakeAsync(LimitDesk desk, LimitTicket ticket, RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        var refusal = await desk.TakeAsync(ticket, context, cancellationToken).ConfigureAwait(false);
        if (refusal is { IsThrottled: true, RetryAfter: var wait })
        {
            ticket.Settle(context);
            context.ResumePoint!.ComeBackAfter = wait;
            return ChatOutcome.Unfinished.Instance;
        }

        return refusal is null ? await SettleAsync(ticket, context, next, cancellationToken).ConfigureAwait(false) : new ChatOutcome.Failed(refusal);
    }

    public static async ValueTask<ChatOutcome> SettleAsync(LimitTicket ticket, RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        try
        {
            return await next(context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ticket.Settle(context);
        }
    }
}
