using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Finds the limits a request is under once its caller is known, and whether one of them is used up, so that nothing is asked beside it then. Refuses nothing.</summary>
internal sealed class StandingStage(LimitDesk desk) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (CallerClaims.Of(context) is not { } claims)
            return next(context, cancellationToken);
        var ticket = new LimitTicket(desk, context, claims);
        if (!context.IsOnlyPlanned)
            context.Limits = ticket;
        return NeedsLook(context) ? LookAsync(ticket, context, next, cancellationToken) : next(context, cancellationToken);
    }

    private async ValueTask<ChatOutcome> LookAsync(LimitTicket ticket, RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        context.IsLimitUsedUp = await desk.IsUsedUpAsync(ticket, cancellationToken).ConfigureAwait(false);
        return await next(context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Something goes by the budget before the request is planned: the choice of models, or a question to another model.</summary>
    private static bool NeedsLook(RequestContext context) =>
        !context.Tier.Sparing.IsEmpty || context.Caller is { Sparing.IsEmpty: false } || context.Route.SecondOpinion is not null || context.Router.Embeddings is not null;
}
