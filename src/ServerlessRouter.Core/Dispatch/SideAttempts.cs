using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Makes calls beside a request through the pipeline of attempts, so that balancing, breakers and books hold for them as for any other call.</summary>
internal sealed class SideAttempts(NextAttemptStage attempts, IDeploymentFilterSource filters, TimeProvider time)
{
    // A rough figure will do: it counts only where a vendor reports no usage.
    private const int BytesPerToken = 4;

    /// <summary>Calls once. Whatever goes wrong is a value; throws only when <paramref name="cancellationToken"/>, the caller's own, fires.</summary>
    public async ValueTask<SideAnswer> MakeAsync(SideAttempt order, CancellationToken cancellationToken)
    {
        if (!TryFindFilter(order, out var filter))
            return new SideAnswer(null, "the request's own demands allow no deployment of it");

        var attempt = new AttemptContext(ContextOf(order, filter), order.Model, DeploymentChoice.Fresh)
        {
            Operation = order.Operation,
            Reason = AttemptReason.SideCall,
            Purpose = order.Purpose,
            StartedAt = time.GetTimestamp(),
        };
        order.Asker.SideCalls.Add(attempt);
        var within = order.TimeLeft is { } left && left < order.Within ? left : order.Within;
        using var guard = new AttemptGuard(within, time, cancellationToken);
        try
        {
            return await MakeAsync(attempt, guard).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && guard.HasFired)
        {
            return Fail(attempt, TimedOut(within, order));
        }
        finally
        {
            if (!attempt.HasEnded)
                Settlement.Failed(attempt, time.GetTimestamp(), new AttemptFailure(FailureKind.ClientLeft, "The caller left before the answer."));
        }
    }

    private async ValueTask<SideAnswer> MakeAsync(AttemptContext attempt, AttemptGuard guard)
    {
        var result = await attempts(attempt, guard.Token).ConfigureAwait(false);
        if (result.Failure is { } failure)
            return Fail(attempt, failure);
        if (result.Stream is { } stream)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return Fail(attempt, new AttemptFailure(FailureKind.CutBeforeCommit, "it answered in pieces"));
        }

        var answer = result.Answer!;
        Settlement.Answered(attempt, time.GetTimestamp(), answer.Usage, answer.ContentBytes);
        return new SideAnswer(answer, null);
    }

    // As with every attempt, only a deployment that had the whole time is to blame; one that hangs must be taken out, or each request would wait for it. A model that also
    // chats may need longer than whoever asks beside a request waits for it: then it is spared such questions alone. Vectors are all that their deployments are there for.
    private static AttemptFailure TimedOut(TimeSpan within, SideAttempt order)
    {
        if (within < order.Within)
            return new AttemptFailure(FailureKind.DeadlinePassed, $"the time left for it, {within.TotalSeconds:0.###} s, passed");
        var isHurried = order.Operation == AttemptOperation.Chat && within < order.Asker.Route.Limits.FirstToken;
        return new AttemptFailure(isHurried ? FailureKind.SideCallTimeout : FailureKind.FirstTokenTimeout, $"it took more than {within.TotalSeconds:0.###} s");
    }

    private SideAnswer Fail(AttemptContext attempt, AttemptFailure failure)
    {
        Settlement.Failed(attempt, time.GetTimestamp(), failure);
        return new SideAnswer(null, failure.Detail);
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
            CallerName = order.Asker.CallerName,
            Tier = order.Asker.Tier,
            Route = order.Asker.Route,
            Profile = new RequestProfile { PromptTokens = order.Request.Length / BytesPerToken, Needs = order.Request.Needs },
            Plan = new RoutePlan { Candidates = [], Exclusions = [], Objective = ObjectiveNames.Order, DeploymentFilter = filter },
        };
}
