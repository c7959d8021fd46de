using System.Buffers;
using ServerlessRouter.Balancing;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;
using Xunit.Abstractions;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>
/// Many callers at a vendor some of whose answers are faults, a fifth of them rate limits: dispatch, balancing and breakers together lose next to nothing of what four attempts
/// could make good.
/// </summary>
public sealed class FaultShareTests(ITestOutputHelper output)
{
    private const int Requests = 4_000;
    private const int Callers = 20;
    private const int Attempts = 4;
    private const double MaxLost = 0.003;

    private readonly ManualTimeProvider _time = new();
    private readonly SeededRandomSource _random = new(20261130);
    private int _answered;
    private int _begun;
    private int _calls;

    public static TheoryData<double, int, bool> Mixes
    {
        get
        {
            var mixes = new TheoryData<double, int, bool>();
            foreach (var share in new[] { 0.02, 0.05, 0.1, 0.3 })
            {
                foreach (var deployments in new[] { 1, 4 })
                {
                    mixes.Add(share, deployments, false);
                    mixes.Add(share, deployments, true);
                }
            }

            return mixes;
        }
    }

    [Theory, MemberData(nameof(Mixes))]
    public async Task InvokeAsync_SomeCallsFail_AsManyRequestsSucceedAsAttemptsCanMakeGood(double share, int deployments, bool isStream)
    {
        var began = _time.GetTimestamp();
        var (dispatch, model) = (Dispatch(share), Given.Model("m", deployments));
        await _time.RunThroughAsync(() => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => AskAsync(dispatch, model, isStream))), "the end of all requests");

        var (success, ideal) = ((double)_answered / Requests, 1 - Math.Pow(share, Attempts));
        output.WriteLine($"{share:0.##} faults, {deployments} deployments, {(isStream ? "streamed" : "plain")}: {success:0.0000} of {ideal:0.0000}, {(double)_calls / Requests:0.00} calls each, {_time.GetElapsedTime(began).TotalSeconds / Requests * Callers:0.00} s each");
        Assert.InRange(success, ideal - MaxLost, 1);
    }

    private async Task AskAsync(DispatchStage dispatch, LanguageModel model, bool isStream)
    {
        while (_begun++ < Requests)
        {
            var request = Given.Request(_time, [model], isStream, RouteLimits.Default with { Attempts = Attempts, Deadline = TimeSpan.FromSeconds(20) });
            var outcome = await dispatch.InvokeAsync(request, null!, CancellationToken.None);
            if (outcome is ChatOutcome.Failed)
                continue;
            await DispatchWorld.TextAsync(outcome);
            _answered++;
        }
    }

    private DispatchStage Dispatch(double share)
    {
        var health = new HealthRegistry(new HealthOptions(), _time);
        var balancing = new BalancingStage(health, _random, new BalancingOptions());
        var breakers = new HealthStage(health);
        NextAttemptStage guarded = (attempt, token) => breakers.InvokeAsync(attempt, (called, _) => CallAsync(called, share), token);
        return DispatchWorld.StageOver((attempt, token) => balancing.InvokeAsync(attempt, guarded, token), new AnswerCheckTable([]), new HedgeController(new KnownVitals()), _time, _random);
    }

    private async ValueTask<AttemptResult> CallAsync(AttemptContext attempt, double share)
    {
        _calls++;
        attempt.WasSent = true;
        await _time.DelayAsync(TimeSpan.FromMilliseconds(50 + _random.Next(100)), CancellationToken.None);
        if (_random.NextDouble() < share)
        {
            return _random.Next(5) switch
            {
                0 => new AttemptFailure(FailureKind.RateLimited, "slow down") { RetryAfter = TimeSpan.FromSeconds(1) },
                1 or 2 => new AttemptFailure(FailureKind.ServerError, "503"),
                3 => new AttemptFailure(FailureKind.ConnectFailed, "reset"),
                _ => new AttemptFailure(FailureKind.CutBeforeCommit, "cut"),
            };
        }

        return attempt.Request.Request.IsStream ? new ScriptedStream(_time, new StreamMove.Content("fine")) : new ChatAnswer(ArrayPool<byte>.Shared.Rent(4), 4);
    }
}
