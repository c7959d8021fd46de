using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>Replays the orchestration of a single request over a history whose attempts come to what a test says.</summary>
public sealed class RequestOrchestratorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Queue<AttemptFact> _facts = new();
    private readonly List<DispatchStep> _steps = [];
    private readonly OrchestrationReplay _replay;
    private DispatchHistory _history = History(2, null);
    private int _number = 1;
    private bool _isOver;
    private int _looks;
    private int _endsAtLook = int.MaxValue;
    private int _completed;

    public RequestOrchestratorTests() => _replay = new OrchestrationReplay(RequestOrchestrator.RunAsync, Answer, new SeededRandomSource(1));

    [Fact]
    public async Task Run_EveryProviderAsksToWait_SleepsInBoundedPiecesAndAsksTheFirstAgain()
    {
        Fails(0, FailureKind.RateLimited, TimeSpan.FromMinutes(10));
        Fails(1, FailureKind.RateLimited, TimeSpan.FromHours(1));

        await _replay.RunAsync(new JobOrchestrationInput("job_1"));

        Assert.Equal([(0, DeploymentChoice.Fresh), (1, DeploymentChoice.Fresh), (0, DeploymentChoice.SameAgain)], _steps.Select(static step => (step.Candidate, step.Choice)));
        Assert.Equal([ActivityPolicy.MaxWait, ActivityPolicy.MaxWait], _replay.Waits[..2]);
        Assert.InRange(_replay.Waits.Aggregate(static (sum, wait) => sum + wait), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(2));
        // Once at the beginning, and after each sleep, because the job may have been cancelled meanwhile.
        Assert.Equal(1 + _replay.Waits.Count, _looks);
        Assert.Equal(1, _completed);
    }

    [Fact]
    public async Task Run_Cascade_HasTheKeptAnswerCheckedAsAStepOfItsOwn()
    {
        _history = History(2, new CascadeBounds(2, TimeSpan.FromDays(1), null));
        _facts.Enqueue(Fact(0) with { AwaitsCheck = true });

        await _replay.RunAsync(new JobOrchestrationInput("job_1"));

        Assert.Equal([DispatchStepKind.Attempt, DispatchStepKind.Check, DispatchStepKind.Attempt], _steps.Select(static step => step.Kind));
        Assert.Equal([0, 0, 1], _steps.Select(static step => step.Candidate));
        Assert.Empty(_replay.Waits);
    }

    [Fact]
    public async Task Run_SleepsForAWeek_StartsHistoriesAnewAndKeepsEachShort()
    {
        Fails(0, FailureKind.RateLimited, TimeSpan.FromDays(6));
        Fails(1, FailureKind.RateLimited, TimeSpan.FromDays(6));

        await _replay.RunAsync(new JobOrchestrationInput("job_1"));

        Assert.InRange(_replay.Histories, 10, 100);
        Assert.InRange(_replay.MaxHistoryLength, 1, (2 * RequestOrchestrator.TurnsOfHistory) + 4);
        Assert.Equal(3, _steps.Count);
    }

    [Fact]
    public async Task Run_CancelledWhileItSleeps_EndsAfterTheSleep()
    {
        Fails(0, FailureKind.RateLimited, TimeSpan.FromHours(3));
        Fails(1, FailureKind.QuotaExhausted, null);
        _endsAtLook = 2;

        await _replay.RunAsync(new JobOrchestrationInput("job_1"));

        Assert.Equal([ActivityPolicy.MaxWait], _replay.Waits);
        Assert.Equal((2, 1), (_steps.Count, _completed));
    }

    [Fact]
    public async Task Run_NothingCanAnswer_HasTheDecisionToGiveUpCarriedOut()
    {
        Fails(0, FailureKind.CredentialRefused, null);
        Fails(1, FailureKind.CredentialRefused, null);

        await _replay.RunAsync(new JobOrchestrationInput("job_1"));

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.UpstreamError), (_steps[^1].Kind, _steps[^1].Error));
    }

    private static DispatchHistory History(int candidates, CascadeBounds? cascade) => new()
    {
        Since = Start,
        Candidates = [.. Enumerable.Repeat(new DispatchCandidate(8000, 1), candidates)],
        Limits = RouteLimits.Default with { Deadline = TimeSpan.FromDays(7) },
        Cascade = cascade,
        MovesOnAfterContentFilter = false,
        MaxAttemptTime = TimeSpan.FromMinutes(2),
        SpentUsd = 0,
        Attempts = [],
    };

    private void Fails(int candidate, FailureKind failure, TimeSpan? retryAfter) => _facts.Enqueue(Fact(candidate) with { Failure = failure, RetryAfter = retryAfter });

    private static AttemptFact Fact(int candidate) => new() { Candidate = candidate, Deployment = 0, Choice = DeploymentChoice.Fresh, EndedAfter = TimeSpan.Zero, Jitter = 0.5 };

    private object? Answer(string name, object? input)
    {
        switch (name)
        {
            case nameof(JobActivities.PrepareJob):
                return new PreparedJob(1, 1);
            case nameof(JobActivities.LookAtRequest):
                _isOver |= ++_looks >= _endsAtLook;
                return State();
            case nameof(JobActivities.StepRequest):
                Carry((RequestOrder)input!);
                return State();
            case nameof(JobActivities.CompleteJob):
                _completed++;
                return StepResult.Done;
            default:
                throw new ArgumentException($"no test asked for {name}");
        }
    }

    /// <summary>An attempt comes to the next fact, and answers when there is none; a check rejects.</summary>
    private void Carry(RequestOrder order)
    {
        Assert.Equal(("job_1", _number), (order.JobId, order.Number));
        _number++;
        _steps.Add(order.Step);
        if (order.Step.Kind == DispatchStepKind.Attempt && _facts.TryDequeue(out var fact))
            _history = _history with { Attempts = _history.Attempts.Add(fact) };
        else if (order.Step.Kind == DispatchStepKind.Check)
            _history = _history with { Attempts = _history.Attempts.SetItem(0, _history.Attempts[0] with { AwaitsCheck = false, Failure = FailureKind.CheckFailed, KeptFallbackScore = 0.5 }) };
        else
            _isOver = true;
    }

    private RequestState State() => _isOver ? new RequestState { JobId = "job_1", IsOver = true } : new RequestState { JobId = "job_1", Number = _number, History = _history };
}
