using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter;

/// <summary>
/// THE ordered list of what happens to a request. Start reading here.
/// <code>
/// once for a request                                             once for each attempt, driven by dispatch
/// 1 Recording       sees every outcome; settles usage and cost   1 Balancing   which deployment of the model
/// 2 Admission       who is calling, may they, what do they mean  2 Health      breakers, latency, remaining quota
/// 3 Classification  what kind of request is this                 3 Providers   the call itself
/// 4 Routing         which models, in what order, and why
/// 5 Dispatch        attempts until committed
/// </code>
/// </summary>
public sealed class RouterPipeline : IRouterPipeline
{
    /// <summary>Where a request that is only planned ends.</summary>
    private static readonly ChatOutcome Planned = new ChatOutcome.Failed(new RouterError(RouterErrorCode.Internal, "The request was only planned."));

    private readonly NextRequestStage _answer;
    private readonly NextRequestStage _plan;

    internal RouterPipeline(IRequestStage recording, IRequestStage admission, IRequestStage classification, IRequestStage routing, IRequestStage dispatch)
    {
        _answer = Compose(
            [recording, admission, classification, routing, dispatch],
            static (_, _) => throw new InvalidOperationException("nothing follows dispatch"));
        _plan = Compose([admission, classification, routing], static (_, _) => new(Planned));
    }

    /// <summary>The pipeline of one attempt.</summary>
    internal static NextAttemptStage ComposeAttempt(IAttemptStage balancing, IAttemptStage health, IAttemptStage providers)
    {
        NextAttemptStage next = static (_, _) => throw new InvalidOperationException("nothing follows the providers");
        foreach (var stage in new[] { providers, health, balancing })
        {
            var (current, following) = (stage, next);
            next = (attempt, cancellationToken) => current.InvokeAsync(attempt, following, cancellationToken);
        }

        return next;
    }

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, CancellationToken cancellationToken) => _answer(context, cancellationToken);

    public async ValueTask<RouterError?> PlanAsync(RequestContext context, CancellationToken cancellationToken)
    {
        context.IsOnlyPlanned = true;
        var outcome = await _plan(context, cancellationToken);
        return ReferenceEquals(outcome, Planned) ? null : ((ChatOutcome.Failed)outcome).Error;
    }

    private static NextRequestStage Compose(IRequestStage[] stages, NextRequestStage end)
    {
        var next = end;
        for (var place = stages.Length - 1; place >= 0; place--)
        {
            var (current, following) = (stages[place], next);
            next = (context, cancellationToken) => current.InvokeAsync(context, following, cancellationToken);
        }

        return next;
    }
}
