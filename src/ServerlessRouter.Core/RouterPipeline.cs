using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Resuming;

namespace ServerlessRouter;

/// <summary>
/// THE ordered list of what happens to a request. Start reading here.
/// <code>
/// once for a request                                             once for each attempt, driven by dispatch
/// 1 Recording       sees every outcome; settles usage and cost   1 Balancing   which deployment of the model
/// 2 Admission       who is calling, may they, what do they mean  2 Queueing    waits for room, fairly among callers
/// 3 Standing        which limits and budgets hold for them       3 Health      breakers, latency, remaining quota
/// 4 Classification  what kind of request is this                 4 Telemetry   its span, where one is wanted
/// 5 Routing         which models, in what order, and why         5 Providers   the call itself
/// 6 Caching         the same answer again, where that is wanted
/// 7 Reservation     sets aside what it may use, or refuses it
/// 8 Dispatch        attempts until committed
/// </code>
/// What is answered from the cache calls no vendor, and so takes of no limit of tokens or money, but of those of requests. What is only planned passes the cache by.
/// Embeddings take the same way; what differs for them asks <see cref="RequestContext.Operation"/>.
/// A request that is answered in several steps, perhaps hours apart, has pipelines of its own: the first step ends when it is planned, each later one restores the plan and
/// carries out what was decided, and what has ended is settled once. A host may add stages of its own to what happens once for a request (<see cref="StagePlace"/>).
/// </summary>
public sealed class RouterPipeline : IRouterPipeline
{
    /// <summary>Where a request that is only planned ends.</summary>
    private static readonly ChatOutcome Planned = new ChatOutcome.Failed(new RouterError(RouterErrorCode.Internal, "The request was only planned."));

    private readonly NextRequestStage _answer;
    private readonly NextRequestStage _plan;
    private readonly NextRequestStage _begin;
    private readonly NextRequestStage _resume;

    /// <param name="own">The router's own, in their order.</param>
    /// <param name="added">The host's.</param>
    /// <param name="resuming">Those of requests that are answered in several steps.</param>
    internal RouterPipeline(IReadOnlyList<PlacedStage> own, IReadOnlyList<AddedStage> added, ResumingStages resuming)
    {
        const int Recording = 0;
        var (answering, planning) = (new List<IRequestStage>(), new List<IRequestStage>());
        for (var place = 0; place < own.Count; place++)
        {
            IRequestStage[] before = [.. added.Where(stage => stage.Place == own[place].Behind).Select(static stage => stage.Stage)];
            answering.AddRange([.. before, own[place].Stage]);
            // Whatever decides is asked, also of the host's; what records, what gives answers again and what calls is not.
            if (place > Recording)
                planning.AddRange(own[place].Decides ? [.. before, own[place].Stage] : before);
        }

        _answer = Compose(answering, Nothing("dispatch"));
        _plan = Compose(planning, static (_, _) => new(Planned));
        _begin = Compose([resuming.Settling, .. planning, resuming.Begin], Nothing("the beginning"));
        _resume = Compose([resuming.Settling, resuming.Recall, resuming.Restore, resuming.Reserve, resuming.Step], Nothing("a step"));
    }

    /// <summary>The pipeline of one attempt, its stages in their order.</summary>
    internal static NextAttemptStage ComposeAttempt(params ReadOnlySpan<IAttemptStage> stages)
    {
        NextAttemptStage next = static (_, _) => throw new InvalidOperationException("nothing follows the providers");
        for (var place = stages.Length - 1; place >= 0; place--)
        {
            var (current, following) = (stages[place], next);
            next = (attempt, cancellationToken) => current.InvokeAsync(attempt, following, cancellationToken);
        }

        return next;
    }

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, CancellationToken cancellationToken) => _answer(context, cancellationToken);

    public ValueTask<ChatOutcome> ResumeAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var point = context.ResumePoint ?? throw new InvalidOperationException("the request does not say where it goes on");
        return (point is { Plan: null, Ending: null } ? _begin : _resume)(context, cancellationToken);
    }

    public async ValueTask<RouterError?> PlanAsync(RequestContext context, CancellationToken cancellationToken)
    {
        context.IsOnlyPlanned = true;
        switch (await _plan(context, cancellationToken))
        {
            case var planned when ReferenceEquals(planned, Planned):
                return null;
            case ChatOutcome.Failed failed:
                return failed.Error;
            case var answered:
                await DisposeAsync(answered);
                return new RouterError(RouterErrorCode.NotFound, "This application answers such a request by itself, so there is no plan for it.");
        }
    }

    private static async ValueTask DisposeAsync(ChatOutcome outcome)
    {
        if (outcome is ChatOutcome.Completed completed)
            completed.Answer.Dispose();
        else if (outcome is ChatOutcome.Streaming streaming)
            await streaming.Stream.DisposeAsync();
    }

    private static NextRequestStage Nothing(string last) => (_, _) => throw new InvalidOperationException($"nothing follows {last}");

    private static NextRequestStage Compose(List<IRequestStage> stages, NextRequestStage end)
    {
        var next = end;
        for (var place = stages.Count - 1; place >= 0; place--)
        {
            var (current, following) = (stages[place], next);
            next = (context, cancellationToken) => current.InvokeAsync(context, following, cancellationToken);
        }

        return next;
    }
}

/// <summary>One of the router's own stages.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Behind">Where a host puts what goes before it; null where nothing can.</param>
internal readonly record struct PlacedStage(IRequestStage Stage, StagePlace? Behind = null)
{
    /// <summary>Whether it has a part in what is decided, and so is asked about a request that is only planned, too.</summary>
    public bool Decides { get; init; } = true;
}
