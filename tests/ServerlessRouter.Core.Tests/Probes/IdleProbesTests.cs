using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Health;
using ServerlessRouter.Probes;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Probes;

/// <summary>A deployment that failed comes back although no request asks for it.</summary>
public sealed class IdleProbesTests : IAsyncLifetime
{
    private static readonly ProbeModel Probes = new();
    private static readonly TimeSpan UntilIdle = new HealthOptions().Quota + IdleProbes.IdleAfter;

    private readonly ManualTimeProvider _time = new();
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task Look_DeploymentIsWellAgain_ClosesItsBreakerByOneShortCallOnNoBill()
    {
        await using var router = await BrokenAsync();
        _time.Advance(UntilIdle);

        await router.LookAsync();

        Assert.True(router.IsCallable);
        var call = Assert.Single(_upstream.Books.Requests);
        Assert.Equal(("mini-1", 16), (call.Model, (int)call.Json!["max_tokens"]!));
        var usage = await router.ProbesUsageAsync();
        Assert.Equal((0, 1, (await _upstream.WaitForAnswerAsync()).CostUsd), (usage.Requests, usage.Attempts, usage.CostUsd));
        _time.Advance(Probes.Interval);
        await router.LookAsync();
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Look_DeploymentMakesEmbeddings_IsAskedForAVector()
    {
        await using var router = await BrokenAsync(can: Capabilities.Embeddings);
        _time.Advance(UntilIdle);

        await router.LookAsync();

        Assert.True(router.IsCallable);
        Assert.Equal(("/v1/embeddings", "ok"), (Assert.Single(_upstream.Books.Requests).Path, _upstream.Books.Requests[0].Input));
    }

    [Fact]
    public async Task Look_DeploymentAnswersAtResponsesAlone_IsAskedThere()
    {
        await using var router = await BrokenAsync(onlyResponses: true);
        _time.Advance(UntilIdle);

        await router.LookAsync();

        Assert.True(router.IsCallable);
        var call = Assert.Single(_upstream.Books.Requests);
        Assert.Equal(("/v1/responses", 16, false), (call.Path, (int)call.Json!["max_output_tokens"]!, (bool)call.Json["store"]!));
        Assert.Equal((await _upstream.WaitForAnswerAsync()).CostUsd, (await router.ProbesUsageAsync()).CostUsd);
    }

    [Fact]
    public async Task Look_DeploymentIsStillDown_StaysOpenForLongerAndIsLeftAlone()
    {
        await using var router = await BrokenAsync();
        _upstream.Default(Reply.Status(500));
        _time.Advance(UntilIdle);

        await router.LookAsync();
        Assert.False(router.IsCallable);
        for (var looks = 0; looks < 60; looks++)
        {
            _time.Advance(Probes.Interval);
            await router.LookAsync();
        }

        // Half an hour: the breaker stays open for 10, 20, 40, 80 and then 120 seconds, and is idle for ten after each.
        Assert.InRange(_upstream.Books.Requests.Count, 10, 20);
        Assert.Equal(default, (await router.ProbesUsageAsync()).CostUsd);
    }

    [Fact]
    public async Task Look_RequestsComeToTry_LeavesItToThem()
    {
        await using var router = await BrokenAsync();
        _time.Advance(UntilIdle - TimeSpan.FromSeconds(1));

        await router.LookAsync();

        Assert.Empty(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Look_TooSoonAfterTheLast_DoesNothing()
    {
        await using var router = await BrokenAsync();
        _time.Advance(UntilIdle - TimeSpan.FromSeconds(1));
        await router.LookAsync();
        _time.Advance(Probes.Interval - TimeSpan.FromSeconds(1));

        await router.LookAsync();
        Assert.Empty(_upstream.Books.Requests);

        _time.Advance(TimeSpan.FromSeconds(1));
        await router.LookAsync();
        Assert.Single(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Look_SwitchedOff_CallsNoVendor()
    {
        await using var router = await BrokenAsync(new ProbeModel { IsOn = false });
        _time.Advance(TimeSpan.FromHours(1));

        await router.LookAsync();

        Assert.Empty(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Look_DeploymentHangs_IsGivenUpInTimeAndCountsAsFailed()
    {
        await using var router = await BrokenAsync();
        var gate = new Gate();
        _upstream.Default(Reply.Text("late").HoldAt(ReplyPoint.BeforeHeaders, gate));
        _time.Advance(UntilIdle);

        var look = router.LookAsync();
        await gate.WaitForArrivalAsync();
        Assert.False(look.IsCompleted);
        _time.Advance(Probes.Timeout);
        await look;

        Assert.False(router.IsCallable);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(router.IsCallable);
    }

    /// <summary>What a vendor finds wrong with the call says nothing about the deployment: it stays as it is and is asked once in an interval.</summary>
    [Fact]
    public async Task Look_VendorRefusesTheQuestion_AsksNoMoreThanOnceInAnInterval()
    {
        await using var router = await BrokenAsync();
        _upstream.Default(Reply.Status(400));
        _time.Advance(UntilIdle);
        for (var looks = 0; looks < 10; looks++)
        {
            await router.LookAsync();
            _time.Advance(Probes.Interval / 2);
        }

        Assert.Equal(5, _upstream.Books.Requests.Count);
    }

    [Fact]
    public async Task Look_ByTwoInstancesOverOneStore_OneCallsAndBothAgree()
    {
        var store = new MemoryTableStore(_time);
        await using var one = new ProbingRouter(_upstream, _time, store, seed: 1);
        await using var other = new ProbingRouter(_upstream, _time, store, seed: 2);
        _upstream.Default(Reply.QuotaExhausted());
        await one.OpenAsync();
        await one.ShareAsync();
        await other.ShareAsync();
        Assert.False(other.IsCallable);
        await _upstream.WaitForAnswerAsync();
        _upstream.Default(Reply.Text("ok"));
        _upstream.Books.Forget();
        _time.Advance(UntilIdle);

        await Task.WhenAll(one.LookAsync(), other.LookAsync());
        Assert.Single(_upstream.Books.Requests);
        foreach (var router in new[] { one, other, one, other })
            await router.ShareAsync();

        Assert.Equal((true, true), (one.IsCallable, other.IsCallable));
    }

    private async Task<ProbingRouter> BrokenAsync(ProbeModel? probes = null, Capabilities can = Capabilities.None, bool onlyResponses = false)
    {
        var router = new ProbingRouter(_upstream, _time, probes: probes, can: can, onlyResponses: onlyResponses);
        _upstream.Default(Reply.QuotaExhausted());
        await router.OpenAsync();
        await _upstream.WaitForAnswerAsync();
        _upstream.Default(static request => request.IsForEmbeddings ? Reply.Vector(1) : Reply.Text("ok"));
        _upstream.Books.Forget();
        return router;
    }
}
