using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// Carries out one decided step of a request: makes the attempt, waits, or has a kept answer checked. A live request and one that is resumed go by the same code.
/// </summary>
internal sealed partial class DispatchSteps(
    AttemptRunner runner, AnswerHealing healing, HedgeController hedging, TimeProvider time, IRandomSource random, ILogger<DispatchStage> logger)
{
    /// <summary>What the request ends with; null where another step follows.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatOutcome?> CarryOutAsync(RequestContext context, DispatchRun run, DispatchStep step, long now, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case DispatchStepKind.Wait:
                run.WaitedFrom = run.WaitedFrom == 0 ? now : run.WaitedFrom;
                await Task.Delay(TimerSpan.RoundUp(step.Within), time, cancellationToken).ConfigureAwait(false);
                return null;

            case DispatchStepKind.GiveUp:
                GivenUp(logger, context.RequestId, step.Error, context.Attempts.Count);
                return new ChatOutcome.Failed(RequestErrors.Of(step, step.Blamed < 0 ? null : context.Attempts[context.RoundAt + step.Blamed].Failure, Sent(context)));

            case DispatchStepKind.Attempt:
                var begun = context.Attempts.Count;
                var attempt = Begin(context, step, now);
                (attempt.WaitedFrom, run.WaitedFrom) = (run.WaitedFrom, 0);
                run.Cascade?.Begin(step);
                var terms = new DispatchTerms(step.Within, step.UntilContent, run.Limits, run.Cascade, time);
                var outcome = step.MayHedge && hedging.Patience(context.Plan.Candidates[step.Candidate], context.Request.IsStream) is { } patience && patience < step.Within
                    ? await RaceAsync(attempt, step, patience, terms, cancellationToken).ConfigureAwait(false)
                    : await runner.RunAsync(attempt, terms, cancellationToken).ConfigureAwait(false);
                if (outcome is not null && (run.Cascade is null || !step.IsChecked))
                    return Given(context, run.Cascade is null ? outcome : run.Cascade.EndAtLastStep(outcome));
                if (outcome is not null)
                    run.Cascade!.Keep(outcome);
                Learn(context, step, begun, run.Facts ??= new List<AttemptFact>(run.Limits.Attempts));
                return null;

            case DispatchStepKind.Check:
                return await CheckAsync(context, run, step, cancellationToken).ConfigureAwait(false);

            case DispatchStepKind.Accept:
                return CascadeOf(run).Give(step);

            default:
                throw new UnreachableException($"unknown step {step.Kind}");
        }
    }

    private ChatOutcome Given(RequestContext context, ChatOutcome outcome) =>
        context.Answered is { } answered && context.Request.WantsHealing ? healing.Heal(answered, outcome) : outcome;

    private async ValueTask<ChatOutcome?> CheckAsync(RequestContext context, DispatchRun run, DispatchStep step, CancellationToken cancellationToken)
    {
        CascadeOf(run).Heal(healing, step.Checked);
        var (given, score) = await CascadeOf(run).CheckAsync(step.Checked, cancellationToken).ConfigureAwait(false);
        if (given is not null)
            return given;
        run.Facts![^1] = run.Facts[^1] with { AwaitsCheck = false, Failure = FailureKind.CheckFailed, KeptFallbackScore = score };
        LogAttemptFailed(context, context.Attempts[^1], FailureKind.CheckFailed);
        return null;
    }

    private static CascadeRun CascadeOf(DispatchRun run) => run.Cascade ?? throw new UnreachableException("an attempt that answers without a cascade ends the request");

    private static int Sent(RequestContext context)
    {
        var sent = 0;
        foreach (var attempt in context.Attempts)
            sent += attempt.WasSent ? 1 : 0;
        return sent;
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

    private ValueTask<ChatOutcome?> RaceAsync(AttemptContext attempt, DispatchStep step, TimeSpan patience, DispatchTerms terms, CancellationToken cancellationToken)
    {
        var race = new AttemptRace((started, within, token) => runner.RunAsync(started, terms with { Within = within }, token), time);
        return race.RunAsync(
            attempt, step.Within, terms.Limits.Deadline - time.GetElapsedTime(attempt.Request.ReceivedAt), patience,
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
        Jitter = random.NextDouble(),
    };

    [LoggerMessage(EventId = 1, Message = "{RequestId}: {Model} at {Provider}, deployment {Deployment}, {Address}: {Cause}")]
    private static partial void AttemptFailed(ILogger logger, LogLevel level, string requestId, string model, string provider, string deployment, string? address, string cause);

    [LoggerMessage(EventId = 3, Message = "{RequestId}: no deployment of {Model} may be called now")]
    private static partial void NothingCallable(ILogger logger, LogLevel level, string requestId, string model);

    // Recording says at its level how every request ended.
    [LoggerMessage(2, LogLevel.Debug, "{RequestId}: gave up with {Error} after {Attempts} attempts")]
    private static partial void GivenUp(ILogger logger, string requestId, RouterErrorCode error, int attempts);
}
