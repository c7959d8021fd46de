using System.Buffers;
using ServerlessRouter.Balancing;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Queueing;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Queueing;

/// <summary>Attempts wait where their deployments are known to have no room, and go on when there is some.</summary>
public sealed class QueueingStageTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HealthRegistry _health;
    private readonly NextAttemptStage _attempts;
    private readonly Queue<Call> _calls = new();
    private readonly List<AttemptContext> _called = [];

    public QueueingStageTests()
    {
        _health = new HealthRegistry(new HealthOptions(), _time);
        _attempts = RouterPipeline.ComposeAttempt(
            new BalancingStage(_health, new SeededRandomSource(3), new BalancingOptions()), new QueueingStage(_health, _health, new DeploymentSlots(), new RouterMetrics(), _time), new HealthStage(_health), new Upstream(this));
    }

    [Fact]
    public void NoCapacityIsKnown_NothingWaits()
    {
        var model = Given.Model("m");

        for (var request = 0; request < 500; request++)
            _ = Begin(model);

        Assert.Equal(500, Calls);
    }

    [Fact]
    public async Task OneCallAtATime_TheNextGoesWhenItEnds()
    {
        var model = Model(Deployment(0, concurrent: 1));
        var (first, second) = (Begin(model), Begin(model));
        Assert.Equal(1, Calls);

        await AnswerNextAsync(first);
        await CallsAsync(2);
        Assert.IsType<ChatOutcome.Completed>((await AnswerNextAsync(second)).Outcome);
    }

    [Fact]
    public async Task RequestsAMinute_TheNextGoesWhenOneMoreFits()
    {
        var model = Model(Deployment(0, perMinute: 60));
        for (var request = 0; request < 60; request++)
            _ = Begin(model);
        var late = Begin(model);
        Assert.Equal(60, Calls);

        await PassAsync(TimeSpan.FromSeconds(0.9), calls: 60);
        await PassAsync(TimeSpan.FromSeconds(0.2), calls: 61);
        Assert.False(late.IsCompleted);
        Assert.Matches("^waited 1(\\.[01])? s for room$", _called[60].DeploymentReason);
    }

    [Fact]
    public async Task TheVendorSaysThatNothingRemains_RequestsWaitUntilItSaysSome()
    {
        var model = Given.Model("m");
        await TellAsync(model, new RemainingQuota(10, null, TimeSpan.FromSeconds(10), null));
        await TellAsync(model, new RemainingQuota(0, null, TimeSpan.FromSeconds(10), null));

        var waiting = Begin(model);
        Assert.Equal(2, Calls);
        await PassAsync(TimeSpan.FromSeconds(0.9), calls: 2);
        await PassAsync(TimeSpan.FromSeconds(0.3), calls: 3);
        await AnswerNextAsync(waiting);
    }

    [Theory]
    [InlineData(0, 10, "it has never said anything else")]
    [InlineData(10, null, "it does not say until when")]
    public async Task TheVendorSaysThatNothingRemains_ButNotCredibly_NothingWaits(int before, int? resetSeconds, string why)
    {
        var (model, reset) = (Given.Model("m"), resetSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null);
        await TellAsync(model, new RemainingQuota(before, null, reset, null));
        await TellAsync(model, new RemainingQuota(0, null, reset, null));

        _ = Begin(model);
        Assert.True(Calls == 3, why);
    }

    [Fact]
    public async Task NoRoomComesInTime_TheAttemptFailsAndSaysWhenToTryAgain()
    {
        var model = Model(Deployment(0, perMinute: 1));
        _ = Begin(model);
        var refused = Begin(model);

        _time.Advance(TimeSpan.FromSeconds(RouterModel.DefaultMaxWaitSeconds));
        var failure = (await refused).Attempt.Failure!;
        Assert.Equal((FailureKind.NoRoom, 50), (failure.Kind, Math.Round(failure.RetryAfter!.Value.TotalSeconds)));
    }

    [Fact]
    public async Task RequestsThatTimedOut_AreRefusedAndLeaveNoPlaceTaken_AndThoseOfTheirCallerMoveUp()
    {
        var model = Model(Deployment(0, concurrent: 1));
        var first = Begin(model, caller: "other", within: 30);
        var late = Enumerable.Range(0, 3).Select(_ => Begin(model, caller: "unlucky")).ToList();
        _time.Advance(TimeSpan.FromSeconds(RouterModel.DefaultMaxWaitSeconds / 2));
        var (again, later) = (Begin(model, caller: "unlucky"), Begin(model, caller: "lucky"));
        _time.Advance(TimeSpan.FromSeconds(RouterModel.DefaultMaxWaitSeconds / 2));
        foreach (var ended in late)
        {
            var failure = (await Patience.WaitAsync(ended, () => "the end of the wait")).Attempt.Failure!;
            Assert.Equal((FailureKind.NoRoom, TimeSpan.FromSeconds(1)), (failure.Kind, failure.RetryAfter));
        }

        Assert.Equal((1, false, false), (Calls, again.IsCompleted, later.IsCompleted));
        await AnswerNextAsync(first);
        await CallsAsync(2);
        await AnswerNextAsync(again);
        await CallsAsync(3);
        await AnswerNextAsync(later);
        Assert.Equal(["other", "unlucky", "lucky"], _called.Select(static call => call.Request.CallerName));

        var next = Begin(model);
        Assert.Equal(4, Calls);
        Assert.IsType<ChatOutcome.Completed>((await AnswerNextAsync(next)).Outcome);
    }

    [Fact]
    public async Task ACallerWhoLeaves_MakesRoomForNoOneAndTakesNone()
    {
        var model = Model(Deployment(0, concurrent: 1));
        using var leaving = new CancellationTokenSource();
        var (first, left, last) = (Begin(model), Begin(model, cancellationToken: leaving.Token), Begin(model));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(1, Calls);

        await AnswerNextAsync(first);
        await CallsAsync(2);
        await AnswerNextAsync(last);
    }

    [Fact]
    public async Task AnotherDeploymentHasRoom_TheAttemptGoesThere()
    {
        var model = Model(Deployment(0, concurrent: 1), Deployment(1, concurrent: 1));
        var (first, second, third) = (Begin(model), Begin(model), Begin(model));
        Assert.Equal(["m/0", "m/1"], _called.Select(static call => call.Deployment!.Id).Order());

        await AnswerNextAsync(first);
        await CallsAsync(3);
        Assert.Same(_called[0].Deployment, _called[2].Deployment);
        await AnswerNextAsync(second);
        await AnswerNextAsync(third);
    }

    [Fact]
    public async Task ALightCaller_GoesBeforeTheHeavyOnesBacklog()
    {
        var model = Model(Deployment(0, concurrent: 1));
        var first = Begin(model, caller: "heavy");
        var backlog = Enumerable.Range(0, 20).Select(_ => Begin(model, caller: "heavy")).ToList();
        _ = Begin(model, caller: "light");

        await AnswerNextAsync(first);
        await CallsAsync(2);
        await AnswerNextAsync(backlog[0]);
        await CallsAsync(3);
        Assert.Equal(["heavy", "heavy", "light"], _called.Select(static call => call.Request.CallerName));
    }

    [Fact]
    public async Task TheTimeItWaited_IsNotTheDeployments()
    {
        var model = Model(Deployment(0, concurrent: 1));
        var (first, second) = (Begin(model), Begin(model));
        _time.Advance(TimeSpan.FromSeconds(4));
        await AnswerNextAsync(first);
        await CallsAsync(2);
        _time.Advance(TimeSpan.FromSeconds(4));

        var (outcome, attempt) = await AnswerNextAsync(second);
        Assert.IsType<ChatOutcome.Completed>(outcome);
        Assert.Equal(4, _time.GetElapsedTime(attempt.StartedAt, attempt.EndedAt).TotalSeconds);
    }

    [Fact]
    public async Task AProbeAndALastResort_DoNotWait()
    {
        var model = Model(Deployment(0, concurrent: 1));
        _ = Begin(model);
        _ = Begin(model, choice: DeploymentChoice.LeastBad);

        await CallsAsync(2);
    }

    // A request that waited for all of its time was refused when it had none left for the next model.
    [Fact]
    public async Task TheRequestHasLittleTime_HalfOfItStaysForAnotherModel()
    {
        var model = Model(Deployment(0, concurrent: 1));
        _ = Begin(model);
        var hurried = Begin(model, left: 4);

        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(hurried.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        var ended = await Patience.WaitAsync(hurried, () => "the end of the wait");
        Assert.Equal(FailureKind.NoRoom, ended.Attempt.Failure!.Kind);
    }

    private static LanguageModel Model(params DeploymentModel[] deployments) => Given.Model("m", [.. deployments]);

    private static DeploymentModel Deployment(int index, int? concurrent = null, int? perMinute = null) =>
        new() { Id = $"m/{index}", Index = index, Name = "m", Provider = Given.Deployment("p").Provider, ConcurrentRequests = concurrent, RequestsPerMinute = perMinute };

    private async Task<Ended> Begin(LanguageModel model, string caller = "caller", DeploymentChoice choice = DeploymentChoice.Fresh, double within = 5, double left = 60, CancellationToken cancellationToken = default)
    {
        var request = Given.Request(_time, [model]);
        request.CallerName = caller;
        var attempt = new AttemptContext(request, model, choice) { StartedAt = _time.GetTimestamp() };
        request.Attempts.Add(attempt);
        return new Ended(await new AttemptRunner(_attempts, _time).RunAsync(attempt, new Terms(TimeSpan.FromSeconds(within), TimeSpan.FromSeconds(left)), cancellationToken), attempt);
    }

    /// <summary>Answers the call that has waited for longest, after the vendor has said what remains.</summary>
    private async Task<Ended> AnswerNextAsync(Task<Ended> expected, RemainingQuota? remaining = null)
    {
        Call call;
        lock (_calls)
            call = _calls.Dequeue();
        call.Attempt.RemainingQuota = remaining;
        call.Answer.SetResult(new ChatAnswer(ArrayPool<byte>.Shared.Rent(4), 4));
        return await Patience.WaitAsync(expected, () => "the end of the attempt");
    }

    private Task<Ended> TellAsync(LanguageModel model, RemainingQuota quota) => AnswerNextAsync(Begin(model), quota);

    private Task CallsAsync(int count) => Eventually.HoldsAsync(() => Calls == count, $"{count} calls");

    /// <summary>Time passes; what it wakes goes on elsewhere.</summary>
    private Task PassAsync(TimeSpan time, int calls)
    {
        _time.Advance(time);
        return CallsAsync(calls);
    }

    private int Calls
    {
        get
        {
            lock (_calls)
                return _called.Count;
        }
    }

    private sealed record Ended(ChatOutcome? Outcome, AttemptContext Attempt);

    private sealed record Call(AttemptContext Attempt, TaskCompletionSource<AttemptResult> Answer);

    private sealed class Upstream(QueueingStageTests test) : IAttemptStage
    {
        public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
        {
            var call = new Call(attempt, new TaskCompletionSource<AttemptResult>());
            lock (test._calls)
            {
                test._calls.Enqueue(call);
                test._called.Add(attempt);
            }

            return new(call.Answer.Task.WaitAsync(cancellationToken));
        }
    }

    private readonly record struct Terms(TimeSpan Within, TimeSpan Left) : IAttemptTerms
    {
        public TimeSpan LeftOf(AttemptContext attempt) => Left;

        public AttemptFailure TimedOut(AttemptContext attempt) => new(FailureKind.FirstTokenTimeout, "No answer came in time.");

        public AttemptFailure Cancelled(AttemptContext attempt) => new(FailureKind.ClientLeft, "The caller left.");
    }
}
