using ServerlessRouter.Chat;
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
        ChatStream? pieces = null;
        try
        {
            var result = await attempts(attempt, guard.Token).ConfigureAwait(false);
            if (result.Failure is { } failure)
                return Fail(attempt, failure);
            if (result.Answer is { } answer)
            {
                Settlement.Answered(attempt, time.GetTimestamp(), answer.Usage, answer.ContentBytes);
                return new SideAnswer(answer, null);
            }

            pieces = result.Stream!;
            return Fail(attempt, await ReadToEndAsync(pieces, guard.Token).ConfigureAwait(false), pieces);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && guard.HasFired)
        {
            return Fail(attempt, TimedOut(within, order), pieces);
        }
        finally
        {
            if (!attempt.HasEnded)
                Fail(attempt, new AttemptFailure(FailureKind.ClientLeft, "The caller left before the answer."), pieces);
            if (pieces is not null)
                await pieces.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Nobody asked for pieces and nobody here reads them; the vendor bills them all the same, and says how much at their end.</summary>
    private static async ValueTask<AttemptFailure> ReadToEndAsync(ChatStream pieces, CancellationToken cancellationToken)
    {
        while (await pieces.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // What it holds is counted by the stream.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return pieces.Failure ?? new AttemptFailure(FailureKind.CutBeforeCommit, "it answered in pieces");
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

    private SideAnswer Fail(AttemptContext attempt, AttemptFailure failure, ChatStream? pieces = null)
    {
        Settlement.Failed(attempt, time.GetTimestamp(), failure, pieces?.Usage, pieces?.ContentBytes ?? 0);
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
