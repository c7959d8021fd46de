using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>A client that leaves has still used what was made for it.</summary>
[Collection(nameof(Alone))]
public sealed class LeaversBillTests : IAsyncLifetime
{
    private FakeUpstream _vendor = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("vendor", _vendor).Route("auto", ["vendor"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Fact]
    public async Task Chat_ClientLeavesAfterContent_WhatCameIsBilledOnce()
    {
        using var metered = new MeteredBooks();
        _vendor.Next(Reply.Stream("Twelve bytes", "more").HangAt(ReplyPoint.AfterChunk(1)));

        await LeaveAfterAsync("Twelve bytes");

        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        // Three tokens of answer and a few of prompt, estimated: the vendor had no chance to say.
        Assert.InRange(metered.CostUsd, 3 * 4.0 / 1_000_000, 60.0 / 1_000_000);
    }

    [Fact]
    public async Task Chat_ClientLeavesAfterUsageCame_TheVendorsFiguresAreBilled()
    {
        using var metered = new MeteredBooks();
        _vendor.Next(Reply.Text("Whole").Usage(1000, 200).UsageAt(UsagePlacement.LastContentChunk).HangAt(ReplyPoint.AfterChunk(1)));

        await LeaveAfterAsync("Whole");

        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        Assert.Equal((double)await _vendor.BilledUsdAsync(), metered.CostUsd, precision: 12);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ClientLeavesBeforeContent_NothingIsBilled(bool stream)
    {
        using var metered = new MeteredBooks();
        _vendor.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendChatAsync(ChatBodies.For(stream));
        await _vendor.WaitForRequestAsync();
        client.Reset();

        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        Assert.Equal(0, metered.CostUsd);
    }

    private async Task LeaveAfterAsync(string text)
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendChatAsync(ChatBodies.Streamed());
        await client.ReadUntilAsync(text);
        client.Reset();
    }
}
