using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Cascades;

/// <summary>One request, one record, one bill, whichever side leaves and whatever fails on the way up a cascade.</summary>
[Collection(nameof(Alone))]
public sealed class CascadeBillTests : IAsyncLifetime
{
    private const string Question = "What is the capital of France?";

    private FakeUpstream _cheap = null!;
    private FakeUpstream _strong = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _cheap = await FakeUpstream.StartAsync();
        _strong = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("cheap", _cheap).Upstream("strong", _strong).Route("auto", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"] } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _cheap.DisposeAsync();
        await _strong.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ClientLeavesWhileTheStrongModelIsAsked_TheCheapAnswerIsBilledOnce(bool stream)
    {
        using var metered = new MeteredBooks();
        _cheap.Next(Reply.Text("I'm not sure at all.").Usage(1000, 200));
        _strong.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendChatAsync(ChatBodies.For(stream, Question));
        await _strong.WaitForRequestAsync();
        client.Reset();

        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        Assert.Equal((double)await _cheap.BilledUsdAsync(), metered.CostUsd, precision: 12);
    }

    [Fact]
    public async Task Chat_ClientLeavesWhileAStreamIsKept_WhatCameIsBilledAtMostOnce()
    {
        using var metered = new MeteredBooks();
        var gate = new Gate();
        _cheap.Next(Reply.Text("Whole").Usage(1000, 200).UsageAt(UsagePlacement.LastContentChunk).HoldAt(ReplyPoint.BeforeDone, gate));

        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendChatAsync(ChatBodies.Streamed(Question));
        await gate.WaitForArrivalAsync();
        client.Reset();

        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        await _cheap.WaitForAbortAsync();
        // The vendor has sent its figures; whether the router had read them when the client left is a matter of luck.
        Assert.True(metered.CostUsd == 0 || Math.Abs(metered.CostUsd - (double)_cheap.Price.CostUsd(new UpstreamUsage(1000, 200))) < 1e-12, $"billed {metered.CostUsd}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ManyRequestsWithEveryOutcome_TheRoutersBooksEqualTheVendors(bool stream)
    {
        using var metered = new MeteredBooks();
        _cheap.Default(request => (request.Number % 4) switch
        {
            0 => Reply.Text("I'm not sure."),
            1 => Reply.Text("2 + 2 = 5, so it is five."),
            2 => Reply.Status(500),
            _ => Reply.Text("It is four, quite plainly."),
        });
        _strong.Default(request => request.Number % 3 == 0 ? Reply.Status(500) : Reply.Text("Four."));

        var told = 0m;
        for (var request = 0; request < 24; request++)
        {
            var answer = await _router.ChatAsync(ChatBodies.For(stream, Question));
            told += answer.Usage is null ? 0 : answer.CostUsd;
        }

        Assert.Equal(24, metered.Requests);
        Assert.Equal(await _cheap.BilledUsdAsync() + await _strong.BilledUsdAsync(), told);
        Assert.Equal((double)told, metered.CostUsd, precision: 9);
    }
}
