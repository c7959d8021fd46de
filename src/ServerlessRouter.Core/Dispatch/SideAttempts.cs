using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Makes calls beside a request through the pipeline of attempts, so that balancing, breakers and books hold for them as for any other call.</summary>
internal sealed class SideAttempts(AttemptRunner runner, IDeploymentFilterSource filters, TimeProvider time)
{
    // A rough figure will do: it counts only where a vendor reports no usage.
    private const int BytesPerToken = 4;

    /// <summary>Calls once. Whatever goes wrong is a value; throws only when <paramref name="cancellationToken"/>, the caller's own, fires.</summary>
    public async ValueTask<SideAnswer> MakeAsync(SideAttempt order, CancellationToken cancellationToken)
    {
        if (!TryFindFilter(order, out var filter))
            return new SideAnswer(null, "the request's own demands allow no deployment of it");

        if (order.Asker.Limits?.IsAtLimit(order.Model) == true)
            return new SideAnswer(null, "it is at a limit of its own");

        var attempt = new AttemptContext(ContextOf(order, filter), order.Model, DeploymentChoice.Fresh)
        {
            Reason = AttemptReason.SideCall,
            Purpose = order.Purpose,
            StartedAt = time.GetTimestamp(),
        };
        order.Asker.SideCalls.Add(attempt);
        var within = order.TimeLeft is { } left && left < order.Within ? left : order.Within;
        return await runner.RunAsync(attempt, new SideCallTerms(within, order), cancellationToken).ConfigureAwait(false) is ChatOutcome.Completed { Answer: var answer }
            ? new SideAnswer(answer, null)
            : new SideAnswer(null, attempt.Failure!.Detail);
    }

    /// <summary>Once the request is planned its filter is known.</summary>
    private bool TryFindFilter(SideAttempt order, out IDeploymentFilter? filter)
    {
        filter = null;
        if (order.Asker.Plan is { } plan)
            filter = plan.DeploymentFilter;
        else if (filters.Read(order.Asker, out filter) is not null)
            return false;
        var demands = filter;
        return demands is null || order.Model.Deployments.Any(deployment => demands.Allows(order.Model, deployment));
    }

    private RequestContext ContextOf(SideAttempt order, IDeploymentFilter? filter) =>
        new(order.Asker.RequestId, order.Asker.Router, order.Request, order.Asker.Headers, time.GetTimestamp())
        {
            Caller = order.Asker.Caller,
            CallerName = order.Asker.CallerName,
            Tier = order.Asker.Tier,
            Route = order.Asker.Route,
            Profile = new RequestProfile { PromptTokens = order.Request.Length / BytesPerToken, Needs = order.Request.Needs },
            Plan = new RoutePlan { Candidates = [], Exclusions = [], Objective = ObjectiveNames.Order, DeploymentFilter = filter },
        };

    private readonly record struct SideCallTerms(TimeSpan Within, SideAttempt Order) : IAttemptTerms
    {
        // As with every attempt, only a deployment that had the whole time is to blame; one that hangs must be taken out, or each request would wait for it. A model that also
        // chats may need longer than a side call waits for it: then it is spared such questions alone. Vectors are all that their deployments are there for.
        public AttemptFailure TimedOut(AttemptContext attempt)
        {
            if (Within < Order.Within)
                return new AttemptFailure(FailureKind.DeadlinePassed, $"the time left for it, {Within.TotalSeconds:0.###} s, passed");
            var isHurried = attempt.Operation == AttemptOperation.Chat && Within < Order.Asker.Route.Limits.FirstToken;
            return new AttemptFailure(isHurried ? FailureKind.SideCallTimeout : FailureKind.FirstTokenTimeout, $"it took more than {Within.TotalSeconds:0.###} s");
        }

        public AttemptFailure Cancelled(AttemptContext attempt) => new(FailureKind.ClientLeft, "The caller left before the answer.");
    }
}

/// <summary>One call beside a request: who asks, what for, whom, what, and how long it may take.</summary>
internal sealed record SideAttempt(RequestContext Asker, string Purpose, LanguageModel Model, ChatRequest Request, TimeSpan Within)
{
    /// <summary>What is left of the asker's own time, where that may be less; a deployment that it cuts short is not to blame.</summary>
    public TimeSpan? TimeLeft { get; init; }
}

/// <summary>What came of a call beside a request: the vendor's answer, for the asker to dispose of, or why there is none.</summary>
internal readonly record struct SideAnswer(ChatAnswer? Answer, string? Problem);
