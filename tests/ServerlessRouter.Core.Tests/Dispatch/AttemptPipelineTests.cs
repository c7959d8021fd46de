using System.Buffers;
using ServerlessRouter.Balancing;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Dispatch, balancing and health together over scripted deployments.</summary>
public sealed class AttemptPipelineTests
{
    private static readonly AttemptFailure Down = new(FailureKind.ConnectFailed, "down");
    private readonly ManualTimeProvider _time = new();
    private readonly SeededRandomSource _random = new(11);
    private readonly HealthRegistry _health;
    private readonly DispatchStage _dispatch;
    private readonly List<string> _calls = [];
    private Func<AttemptContext, AttemptResult> _upstream = _ => Answer();

    public AttemptPipelineTests()
    {
        _health = new HealthRegistry(new HealthOptions(), _time);
        var balancing = new BalancingStage(_health, _random, new BalancingOptions());
        var health = new HealthStage(_health);
        NextAttemptStage call = (attempt, _) =>
        {
            lock (_calls)
                _calls.Add(attempt.Deployment!.Id);
            attempt.WasSent = true;
            return new(_upstream(attempt));
        };
        NextAttemptStage guarded = (attempt, token) => health.InvokeAsync(attempt, call, token);
        _dispatch = DispatchWorld.StageOver((attempt, token) => balancing.InvokeAsync(attempt, guarded, token), new AnswerCheckTable([]), new HedgeController(new KnownVitals()), _time, _random);
    }

    [Fact]
    public async Task OneDeploymentIsDown_EveryRequestIsAnsweredAndTheBrokenOneSoonLeftAlone()
    {
        var model = Given.Model("m", 2);
        _upstream = attempt => attempt.Deployment!.Index == 0 ? Down : Answer();

        for (var request = 0; request < 200; request++)
            await AnswerAsync(model);

        Assert.Equal(new HealthOptions().FailuresInRow, _calls.Count(id => id == "m/0"));
        Assert.Equal(200, _calls.Count(id => id == "m/1"));
    }

    [Fact]
    public async Task EverythingIsCooling_OneCallIsMadeRatherThanNone_AndItsSuccessEndsTheCooling()
    {
        var (a, b) = (Given.Model("a"), Given.Model("b"));
        _upstream = _ => new AttemptFailure(FailureKind.QuotaExhausted, "quota");
        await FailAsync(a, b);
        Assert.False(_health.Of(a.Deployments[0]).IsCallable || _health.Of(b.Deployments[0]).IsCallable);

        _calls.Clear();
        var error = await FailAsync(a, b);
        Assert.Equal(503, error.Status);
        Assert.Single(_calls);

        _upstream = _ => Answer();
        await AnswerAsync(a, b);
        await AnswerAsync(a, b);
        Assert.Equal(3, _calls.Count);
    }

    /// <summary>The second caller was sent as a last resort, its 429 kept the breaker open for longer, and the first, who had waited, gave up.</summary>
    [Fact]
    public async Task RateLimit_OthersComeMeanwhile_AllWaitForItsEndAndNoneIsSentBefore()
    {
        var (model, began) = (Given.Model("m"), _time.GetTimestamp());
        var limit = TimeSpan.FromSeconds(3);
        _upstream = _ => _time.GetElapsedTime(began) < limit ? new AttemptFailure(FailureKind.RateLimited, "slow down") { RetryAfter = limit } : Answer();

        await _time.RunThroughAsync(() =>
        {
            var asking = new List<Task> { AnswerAsync(model) };
            for (var other = 0; other < 10; other++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                asking.Add(AnswerAsync(model));
            }

            Assert.Single(_calls);
            return Task.WhenAll(asking);
        }, "an answer for all callers");

        Assert.Equal(1 + 11, _calls.Count);
        Assert.InRange(_time.GetElapsedTime(began), limit, limit * 1.2);
    }

    [Fact]
    public async Task HardQuota_IsNotAskedAgainForItsWholeLength()
    {
        var model = Given.Model("m", 2);
        _upstream = attempt => attempt.Deployment!.Index == 0 ? new AttemptFailure(FailureKind.QuotaExhausted, "quota") : Answer();
        for (var minute = 0; minute < 14; minute++)
        {
            await AnswerAsync(model);
            await AnswerAsync(model);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, _calls.Count(id => id == "m/0"));
    }

    [Fact]
    public async Task BurstLimit_OnlyDeployment_AnswersAfterItsRetryAfter()
    {
        var model = Given.Model("m");
        var calls = 0;
        _upstream = _ => calls++ == 0 ? new AttemptFailure(FailureKind.RateLimited, "burst") { RetryAfter = TimeSpan.FromSeconds(3) } : Answer();

        var running = _dispatch.InvokeAsync(Given.Request(_time, [model]), null!, CancellationToken.None).AsTask();
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.IsType<ChatOutcome.Completed>(await running);
        Assert.True(_health.Of(model.Deployments[0]).IsCallable);
    }

    [Fact]
    public async Task RandomFaultsUnderLoad_EveryAttemptIsSettledOnceAndNothingStaysInFlight()
    {
        var models = new[] { Given.Model("a", 3), Given.Model("b", 2, balancing: BalancingPolicies.LeastBusy) };
        FailureKind[] faults = [FailureKind.ServerError, FailureKind.FirstTokenTimeout, FailureKind.CutBeforeCommit, FailureKind.RequestRejected, FailureKind.NotExpressible];
        _upstream = attempt => (_random.Next(10), attempt.Request.Request.IsStream) switch
        {
            ( < 2, _) => new AttemptFailure(faults[_random.Next(faults.Length)], "fault"),
            (2, true) => new ScriptedStream(_time, new StreamMove.Opening(), new StreamMove.Breaks(FailureKind.ServerError)),
            (3, true) => new ScriptedStream(_time, new StreamMove.Content("12345678"), new StreamMove.Breaks(FailureKind.CutAfterCommit)),
            (_, true) => new ScriptedStream(_time, new StreamMove.Opening(), new StreamMove.Content("1234"), new StreamMove.Content("5678")),
            _ => Answer(),
        };

        var requests = new RequestContext[400];
        var running = Task.WhenAll(Enumerable.Range(0, requests.Length).Select(number => Task.Run(async () =>
        {
            requests[number] = Given.Request(_time, models, isStream: number % 2 == 0);
            var outcome = await _dispatch.InvokeAsync(requests[number], null!, CancellationToken.None);
            if (outcome is ChatOutcome.Streaming streaming && number % 3 == 0)
                await streaming.Stream.DisposeAsync();
            else if (outcome is not ChatOutcome.Failed)
                await DispatchWorld.TextAsync(outcome);
        })));
        await Patience.DriveAsync(running, Pass, () => $"the end of {requests.Length} requests");
        await running;
        Assert.All(requests, request => Assert.All(request.Attempts, attempt => Assert.True(attempt.HasEnded)));
        Assert.All(models.SelectMany(model => model.Deployments), deployment => Assert.Equal(0, _health.Of(deployment).InFlight));
        Assert.All(requests.Where(request => request.Answered is { Failure: null }), request => Assert.Equal(0.12m, request.Answered!.CostUsd));
        Assert.Equal(0, _time.ArmedTimers);

        void Pass()
        {
            if (_time.ArmedTimers > 0)
                _time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task DecisionOfBalancerAndBreaker_AllocatesNothing()
    {
        var model = Given.Model("m", 3, balancing: BalancingPolicies.PowerOfTwo);
        var balancing = new BalancingStage(_health, _random, new BalancingOptions());
        var health = new HealthStage(_health);
        AttemptResult failed = Down;
        NextAttemptStage call = (_, _) => new(failed);
        NextAttemptStage guarded = (attempt, token) => health.InvokeAsync(attempt, call, token);
        var attempts = Enumerable.Range(0, 200).Select(_ => new AttemptContext(Given.Request(_time, [model]), model, DeploymentChoice.Fresh)).ToArray();

        var allocated = await MeasureAsync(attempts[..100]);
        allocated = await MeasureAsync(attempts[100..]);

        Assert.Equal(0, allocated);

        async ValueTask<long> MeasureAsync(AttemptContext[] given)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var attempt in given)
            {
                await balancing.InvokeAsync(attempt, guarded, CancellationToken.None);
                attempt.End(_time.GetTimestamp(), null, default, 0);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static ChatAnswer Answer() => new(ArrayPool<byte>.Shared.Rent(8), 8) { ContentBytes = 8 };

    private async Task AnswerAsync(params LanguageModel[] models) =>
        await DispatchWorld.TextAsync(await _dispatch.InvokeAsync(Given.Request(_time, models), null!, CancellationToken.None));

    private async Task<RouterError> FailAsync(params LanguageModel[] models) =>
        Assert.IsType<ChatOutcome.Failed>(await _dispatch.InvokeAsync(Given.Request(_time, models), null!, CancellationToken.None)).Error;
}
