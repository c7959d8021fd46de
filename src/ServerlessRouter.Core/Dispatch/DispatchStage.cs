using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// Drives <see cref="DispatchCore"/> for a live request: makes the attempts, waits where it says so, and answers with the first that commits. Of a request in several turns
/// it carries out the one step its driver decided on, by the same code.
/// </summary>
internal sealed partial class DispatchStage(
    NextAttemptStage attempts, AnswerCheckTable checks, Hedging hedging, TimeProvider time, IRandomSource random, ILogger<DispatchStage> logger) : IRequestStage
{
    private const int MostCandidatesOnStack = 32;

    /// <summary>Makes attempts until one commits or nothing more may be tried; no stage stands behind this one.</summary>
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (RequestLimits.Read(context.Headers, context.Route.Limits, out var limits) is { } badHeader)
            return new(Fail(context, badHeader));
        if (context.Turn is DispatchTurn turn)
        {
            if (!turn.HasStep)
            {
                turn.Begin(context, limits);
                return new(ChatOutcome.Unfinished.Instance);
            }

            limits = turn.History.Limits;
        }

        return context.Plan.Cascade is { CanClimb: true } cascade
            ? ClimbAsync(context, limits, cascade, cancellationToken)
            : DriveAsync(context, limits, null, cancellationToken);
    }

    private async ValueTask<ChatOutcome> ClimbAsync(RequestContext context, RouteLimits limits, CascadePlan plan, CancellationToken cancellationToken)
    {
        var turn = context.Turn as DispatchTurn;
        await using var cascade = new CascadeRun(context, plan.Model, turn?.History.Cascade ?? CascadeRun.BoundsOf(plan, limits), checks.Of(plan.Model), time);
        turn?.HandOver(cascade);
        return await DriveAsync(context, limits, cascade, cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatOutcome> DriveAsync(RequestContext context, RouteLimits limits, CascadeRun? cascade, CancellationToken cancellationToken)
    {
        var turn = context.Turn as DispatchTurn;
        var facts = turn?.Facts;
        var mayHedge = turn is null && hedging.Allows(context);
        while (true)
        {
            var now = time.GetTimestamp();
            var step = turn?.Step ?? Next(context, limits, cascade, mayHedge, facts, now);
            switch (step.Kind)
            {
                case DispatchStepKind.Wait:
                    await Task.Delay(TimerSpan.RoundUp(step.Within), time, cancellationToken).ConfigureAwait(false);
                    break;

                case DispatchStepKind.GiveUp:
                    GivenUp(logger, context.RequestId, step.Error, context.Attempts.Count);
                    return Fail(context, RequestErrors.Of(step, step.Blamed < 0 ? null : context.Attempts[context.RoundAt + step.Blamed].Failure, Sent(context)));

                case DispatchStepKind.Attempt:
                    var begun = context.Attempts.Count;
                    var attempt = Begin(context, step, now);
                    cascade?.Begin(step);
                    var outcome = step.MayHedge && hedging.Patience(context.Plan.Candidates[step.Candidate], context.Request.IsStream) is { } patience && patience < step.Within
                        ? await RaceAsync(attempt, step, patience, limits, cascade, cancellationToken).ConfigureAwait(false)
                        : await TryAsync(attempt, step.Within, step.UntilContent, limits, cascade, cancellationToken).ConfigureAwait(false);
                    if (outcome is not null && (cascade is null || !step.IsChecked))
                        return cascade is null ? outcome : cascade.EndAtLastStep(outcome);
                    if (outcome is not null)
                        cascade!.Keep(outcome);
                    Learn(context, step, begun, facts ??= new List<AttemptFact>(limits.Attempts));
                    break;

                case DispatchStepKind.Check:
                    var (given, worth) = cascade is null ? (turn!.GiveUnchecked(context), 0) : await cascade.CheckAsync(step.Checked, cancellationToken).ConfigureAwait(false);
                    if (given is not null)
                        return given;
                    facts![^1] = facts[^1] with { AwaitsCheck = false, Failure = FailureKind.CheckFailed, KeptWorth = worth };
                    LogAttemptFailed(context, context.Attempts[^1], FailureKind.CheckFailed);
                    break;

                case DispatchStepKind.Accept:
                    return cascade?.Give(step) ?? turn?.GiveUnchecked(context) ?? throw new UnreachableException("an attempt that answers returns before the next decision");
            }

            if (turn is not null)
            {
                turn.Answer = cascade?.TakeUnchecked();
                return ChatOutcome.Unfinished.Instance;
            }
        }
    }

    private static ChatOutcome.Failed Fail(RequestContext context, RouterError error)
    {
        context.Error = error;
        return new ChatOutcome.Failed(error);
    }

    private static int Sent(RequestContext context)
    {
        var sent = 0;
        foreach (var attempt in context.Attempts)
            sent += attempt.WasSent ? 1 : 0;
        return sent;
    }

    private DispatchStep Next(RequestContext context, RouteLimits limits, CascadeRun? cascade, bool mayHedge, List<AttemptFact>? facts, long now)
    {
        var planned = context.Plan.Candidates;
        Span<DispatchCandidate> candidates = planned.Length <= MostCandidatesOnStack
            ? stackalloc DispatchCandidate[planned.Length]
            : new DispatchCandidate[planned.Length];
        for (var place = 0; place < planned.Length; place++)
            candidates[place] = cascade is null && !mayHedge ? DispatchCandidate.Of(planned[place], context.Request) : DispatchCandidate.WithCost(planned[place], context.Request);

        return DispatchCore.Next(new DispatchState
        {
            Candidates = candidates,
            Limits = limits,
            Cascade = cascade?.Bounds,
            MayHedge = mayHedge,
            MovesOnAfterContentFilter = context.Route.MovesOnAfterContentFilter,
            IsStream = context.Request.IsStream,
            Elapsed = time.GetElapsedTime(context.ReceivedAt, now),
            SpentUsd = context.SpentUsd,
            Attempts = CollectionsMarshal.AsSpan(facts),
        });
    }

    private static AttemptContext Begin(RequestContext context, in DispatchStep step, long now)
    {
        var model = context.Plan.Candidates[step.Candidate].Model;
        var attempt = new AttemptContext(context, model, step.Choice)
        {
            Reason = step.Reason,
            Deployment = step.Deployment == AttemptFact.NoDeployment ? null : model.Deployments[step.Deployment],
            DeploymentReason = step.Choice == DeploymentChoice.SameAgain ? "asked before, again after its wait" : null,
            StartedAt = now,
        };
        context.Attempts.Add(attempt);
        if (context.DispatchedAt == 0)
            context.DispatchedAt = attempt.StartedAt;
        return attempt;
    }

    private ValueTask<ChatOutcome?> RaceAsync(
        AttemptContext attempt, DispatchStep step, TimeSpan patience, RouteLimits limits, CascadeRun? cascade, CancellationToken cancellationToken)
    {
        var untilContent = step.UntilContent;
        var race = new AttemptRace((runner, within, token) => TryAsync(runner, within, untilContent, limits, cascade, token), time);
        return race.RunAsync(
            attempt, step.Within, limits.Deadline - time.GetElapsedTime(attempt.Request.ReceivedAt), patience,
            () => hedging.TryTake(attempt) ? Begin(attempt.Request, step with { Reason = AttemptReason.Hedge }, time.GetTimestamp()) : null, cancellationToken);
    }

    /// <summary>Adds what came of the attempts of a step, in the order they ended.</summary>
    private void Learn(RequestContext context, in DispatchStep step, int begun, List<AttemptFact> facts)
    {
        var attempts = CollectionsMarshal.AsSpan(context.Attempts)[begun..];
        attempts.Sort(static (left, right) => left.EndedAt.CompareTo(right.EndedAt));
        // What the first still had to try, its rival may have taken.
        var untried = int.MaxValue;
        foreach (var attempt in attempts)
            untried = Math.Min(untried, attempt.OthersUntried);
        foreach (var attempt in attempts)
        {
            facts.Add(Fact(context, step, attempt) with { OthersUntried = untried });
            if (attempt.Failure is { } failure)
                LogAttemptFailed(context, attempt, failure.Kind);
        }
    }

    private void LogAttemptFailed(RequestContext context, AttemptContext attempt, FailureKind failure)
    {
        var level = FailureWords.LevelOf(failure);
        if (!logger.IsEnabled(level))
            return;
        if (attempt.Deployment is not { } deployment)
        {
            NothingCallable(logger, level, context.RequestId, attempt.Model.Name);
            return;
        }

        var (address, cause) = (FailureWords.AddressOf(attempt), FailureWords.CauseOf(attempt, failure));
        AttemptFailed(logger, level, context.RequestId, attempt.Model.Name, deployment.Provider.Name, deployment.Id, address, cause);
    }

    /// <summary>The outcome when the attempt commits; null when it failed and is settled, so that something else may be tried.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatOutcome?> TryAsync(
        AttemptContext attempt, TimeSpan within, TimeSpan untilContent, RouteLimits limits, CascadeRun? cascade, CancellationToken cancellationToken)
    {
        var guard = new AttemptGuard(within, time, cancellationToken);
        AnsweringStream? stream = null;
        var isHandedOver = false;
        try
        {
            var result = await attempts(attempt, guard.Token).ConfigureAwait(false);
            if (result.Answer is { } answer)
            {
                Settlement.Answered(attempt, time.GetTimestamp(), answer.Usage, answer.ContentBytes);
                attempt.Request.Answered = attempt;
                return new ChatOutcome.Completed(answer);
            }

            var failure = result.Failure;
            if (result.Stream is { } opened)
            {
                var left = limits.Deadline - time.GetElapsedTime(attempt.Request.ReceivedAt, attempt.StartedAt);
                stream = new AnsweringStream(attempt, opened, guard, new StreamClock(limits, untilContent < left ? untilContent : left, left, attempt.StartedAt, time), time);
                failure = await stream.CommitAsync().ConfigureAwait(false);
                if (failure is null && cascade is { IsChecking: true })
                    failure = await stream.KeepAsync(cascade.MostBytes, cascade.TimeLeft).ConfigureAwait(false);
                if (failure is null)
                {
                    isHandedOver = true;
                    attempt.Request.Answered = attempt;
                    return new ChatOutcome.Streaming(stream);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            Settle(attempt, stream, guard.HasFired && stream is null ? TimedOut(attempt, within, limits) with { Usage = failure?.Usage } : failure!);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && guard.HasFired)
        {
            Settle(attempt, stream, stream?.TimedOutBeforeCommit() ?? TimedOut(attempt, within, limits));
            return null;
        }
        finally
        {
            if (!isHandedOver)
                await ReleaseAsync(attempt, stream, guard).ConfigureAwait(false);
        }
    }

    // An attempt that is not settled here was left by its caller or by a bug; whoever counts calls in flight must hear of its end all the same.
    private ValueTask ReleaseAsync(AttemptContext attempt, AnsweringStream? stream, AttemptGuard guard)
    {
        if (!attempt.HasEnded)
            Settle(attempt, stream, attempt.IsOutraced ? AttemptRace.Outraced() : new AttemptFailure(FailureKind.ClientLeft, "The caller left before the answer."));
        if (stream is not null)
            return CloseAsync(stream, guard);
        guard.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask CloseAsync(AnsweringStream stream, AttemptGuard guard)
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        guard.Dispose();
    }

    private void Settle(AttemptContext attempt, AnsweringStream? stream, AttemptFailure failure)
    {
        if (stream is not null)
            stream.Abandon(failure);
        else
            Settlement.Failed(attempt, time.GetTimestamp(), failure);
    }

    // Only a deployment that had the whole time the route gives a first token is to blame; one that the deadline cut shorter is not.
    private AttemptFailure TimedOut(AttemptContext attempt, TimeSpan within, RouteLimits limits)
    {
        if (within < limits.FirstToken && within != limits.Attempt)
            return StreamClock.OutOfTime(within);
        var isCut = within < limits.Deadline - time.GetElapsedTime(attempt.Request.ReceivedAt, attempt.StartedAt);
        var limit = attempt.Request.Request.IsStream && within <= limits.FirstToken && within != limits.Attempt ? "firstTokenSeconds" : isCut ? "attemptSeconds" : "deadlineSeconds";
        return new AttemptFailure(FailureKind.FirstTokenTimeout, $"No answer came for {StreamClock.Seconds(within)} ({limit}).");
    }

    private AttemptFact Fact(RequestContext context, in DispatchStep step, AttemptContext attempt) => new()
    {
        Candidate = step.Candidate,
        Deployment = attempt.Deployment?.Index ?? AttemptFact.NoDeployment,
        Choice = attempt.Choice,
        Failure = attempt.Failure?.Kind,
        AwaitsCheck = step.IsChecked && attempt.Failure is null,
        RetryAfter = attempt.Failure?.RetryAfter,
        OthersUntried = attempt.OthersUntried,
        OpensIn = attempt.Opening?.In,
        IsOpeningGuessed = attempt.Opening is { IsGuessed: true },
        EndedAfter = time.GetElapsedTime(context.ReceivedAt, attempt.EndedAt),
        Luck = random.NextDouble(),
    };

    [LoggerMessage(EventId = 1, Message = "{RequestId}: {Model} at {Provider}, deployment {Deployment}, {Address}: {Cause}")]
    private static partial void AttemptFailed(ILogger logger, LogLevel level, string requestId, string model, string provider, string deployment, string? address, string cause);

    [LoggerMessage(EventId = 3, Message = "{RequestId}: no deployment of {Model} may be called now")]
    private static partial void NothingCallable(ILogger logger, LogLevel level, string requestId, string model);

    // Recording says at its level how every request ended.
    [LoggerMessage(2, LogLevel.Debug, "{RequestId}: gave up with {Error} after {Attempts} attempts")]
    private static partial void GivenUp(ILogger logger, string requestId, RouterErrorCode error, int attempts);
}
