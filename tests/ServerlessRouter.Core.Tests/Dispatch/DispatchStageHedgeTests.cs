using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
using Xunit;
using static ServerlessRouter.Core.Tests.Dispatch.DispatchWorld;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>A second request where the first is slow: who answers, who is billed, and how often it may happen.</summary>
public sealed class DispatchStageHedgeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly DispatchWorld _world = new();
    private readonly LanguageModel _model = Given.Model("a", deployments: 2);

    public DispatchStageHedgeTests()
    {
        _world.OthersUntried["a"] = 1;
        foreach (var deployment in _model.Deployments)
            _world.Vitals.Spread(deployment.Id, new Percentiles(100, 1, 1.2, 1.5, Patience.TotalSeconds, 4), default);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_FirstIsSlow_TheSecondAnswersAndTheFirstIsCancelled(bool isStream)
    {
        _world.Hangs("a").Answers("a", isStream, "from the second");
        var request = Request(isStream);

        Assert.Equal("from the second", await TextAsync(await _world.RunThroughAsync(request)));

        Assert.Equal([AttemptReason.First, AttemptReason.Hedge], InOrderOfStart(request).Select(attempt => attempt.Reason));
        Assert.Equal([FailureKind.Outraced, null], InOrderOfStart(request).Select(attempt => attempt.Failure?.Kind));
        Assert.Same(InOrderOfStart(request)[1], request.Answered);
        Assert.Equal(["a/0", "a/1"], InOrderOfStart(request).Select(attempt => attempt.Deployment!.Id));
        Assert.InRange(_world.Calls[1].At, Patience, Patience * 3);
    }

    [Fact]
    public async Task InvokeAsync_FirstAnswersAfterAll_TheSecondIsCancelled()
    {
        _world.Replies("a", SlowAsync).Hangs("a");
        var request = Request(isStream: true);

        Assert.Equal("slow", await TextAsync(await _world.RunThroughAsync(request)));

        Assert.Equal([null, FailureKind.Outraced], InOrderOfStart(request).Select(attempt => attempt.Failure?.Kind));
        Assert.Same(InOrderOfStart(request)[0], request.Answered);
    }

    [Fact]
    public async Task InvokeAsync_BothHadContent_BothAreBilledByWhatCame()
    {
        _world.Streaming("a", new StreamMove.Opening(), new StreamMove.Pauses(Patience * 2), new StreamMove.Content("12345678")).Streaming("a", new StreamMove.Content("1234"));
        var request = Request(isStream: true);

        Assert.Equal("1234", await TextAsync(await _world.RunThroughAsync(request)));

        Assert.True(_world.Streams[0].IsDisposed);
        Assert.Equal(request.Attempts.Sum(attempt => attempt.CostUsd), request.SpentUsd);
        Assert.All(request.Attempts, attempt => Assert.True(attempt.HasEnded));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_FirstIsFastEnough_NoOtherDeploymentIsAsked(bool isStream)
    {
        var request = _world.Answers("a", isStream, "at once").Request(isStream, _model);

        Assert.Equal("at once", await TextAsync(await _world.RunThroughAsync(request)));
        Assert.Single(_world.Calls);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_BothFail_TheNextModelAnswers(bool isStream)
    {
        _world.Hangs("a").Replies("a", Last(static (_, _) => new(new AttemptFailure(FailureKind.ServerError, "down")))).Answers("b", isStream, "from b");
        var request = Request(isStream, Given.Model("b"));

        Assert.Equal("from b", await TextAsync(await _world.RunThroughAsync(request)));

        Assert.Equal(3, request.Attempts.Count);
        Assert.Equal(2, request.Attempts.Count(attempt => attempt.Failure is not null));
        Assert.Equal("b", request.Answered!.Model.Name);
    }

    [Fact]
    public async Task InvokeAsync_TheCallerLeaves_BothAreSettledAsLeft()
    {
        _world.Hangs("a").Hangs("a");
        var request = Request(isStream: true);

        await Task.Run(async () =>
        {
            var running = _world.RunAsync(request).AsTask();
            var turns = new Turns("the second call");
            while (_world.Calls.Count < 2)
            {
                turns.Take();
                _world.Time.Advance(TimeSpan.FromMilliseconds(100));
            }

            await _world.Caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        });

        Assert.Equal([FailureKind.ClientLeft, FailureKind.ClientLeft], request.Attempts.Select(attempt => attempt.Failure?.Kind));
    }

    [Theory, InlineData(1, "one deployment"), InlineData(2, "nothing is known of its speed")]
    public async Task InvokeAsync_NowhereToGoOrNothingKnown_TheFirstIsWaitedFor(int deployments, string why)
    {
        var model = Given.Model($"lone: {why}", deployments);
        _world.OthersUntried[model.Name] = deployments - 1;
        _world.Hangs(model.Name).Replies(model.Name, Last(HangAsync)).Answers("b", true, "from b");
        var request = Hedging(_world.Request(true, model, Given.Model("b")));
        _world.Hedging.Allows(request);

        Assert.Equal("from b", await TextAsync(await _world.RunThroughAsync(request)));
        Assert.DoesNotContain(request.Attempts, attempt => attempt.Reason == AttemptReason.Hedge);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_ToolsAreOffered_OnlyARouteThatAllowsItAsksTwice(bool withTools)
    {
        _world.Hangs("a").Replies("a", Last(HangAsync)).Answers("b", true, "from b");
        var request = Hedging(_world.Request(true, _model, Given.Model("b")), new HedgeModel(0.5, withTools));
        request.Request.Needs |= Capabilities.Tools;
        _world.Hedging.Allows(request);

        Assert.Equal("from b", await TextAsync(await _world.RunThroughAsync(request)));
        Assert.Equal(withTools, request.Attempts.Any(attempt => attempt.Reason == AttemptReason.Hedge));
    }

    [Fact]
    public async Task InvokeAsync_ManySlowOnes_OnlyTheShareIsSentTwice()
    {
        const int requests = 100;
        const double share = 0.2;
        var route = Given.Hedging(_world.Request(true, _model).Route, new HedgeModel(share, WithTools: false));
        var twice = 0;
        for (var sent = 0; sent < requests; sent++)
        {
            _world.Replies("a", SlowAsync).Replies("a", SlowAsync);
            var request = _world.Request(true, _model);
            request.Route = route;
            await TextAsync(await _world.RunThroughAsync(request));
            twice += request.Attempts.Count(attempt => attempt.Reason == AttemptReason.Hedge);
        }

        Assert.InRange(twice, (int)(requests * share) - 1, requests * share);
    }

    [Fact]
    public void TrySpend_AfterAQuietHour_EndsAtTheMostSaved()
    {
        var budget = new HedgeBudget(0.5);
        for (var request = 0; request < 1_000; request++)
            budget.Earn();

        var spent = 0;
        while (budget.TrySpend())
            spent++;

        Assert.Equal(HedgeBudget.MaxSaved, spent);
    }

    private static Func<AttemptContext, CancellationToken, ValueTask<AttemptResult>> Last(Func<AttemptContext, CancellationToken, ValueTask<AttemptResult>> reply) =>
        (attempt, token) =>
        {
            attempt.OthersUntried = 0;
            return reply(attempt, token);
        };

    private async ValueTask<AttemptResult> HangAsync(AttemptContext attempt, CancellationToken token)
    {
        await _world.Time.DelayAsync(Timeout.InfiniteTimeSpan, token);
        throw new InvalidOperationException("a hung call only ends by its token");
    }

    private async ValueTask<AttemptResult> SlowAsync(AttemptContext attempt, CancellationToken token)
    {
        await _world.Time.DelayAsync(Patience * 1.5, token);
        return new ScriptedStream(_world.Time, [new StreamMove.Content("slow")]);
    }

    private static List<AttemptContext> InOrderOfStart(RequestContext request) => [.. request.Attempts.OrderBy(attempt => attempt.StartedAt)];

    private static RequestContext Hedging(RequestContext request, HedgeModel? hedge = null)
    {
        request.Route = Given.Hedging(request.Route, hedge ?? new HedgeModel(0.5, WithTools: false));
        return request;
    }

    /// <summary>A request of a route that has saved up for a second one.</summary>
    private RequestContext Request(bool isStream, params LanguageModel[] others)
    {
        var request = Hedging(_world.Request(isStream, [_model, .. others]));
        request.Plan = request.Plan with { Candidates = [.. request.Plan.Candidates.Select(candidate => candidate with { LatencySeconds = 2.5 })] };
        _world.Hedging.Allows(request);
        return request;
    }
}
