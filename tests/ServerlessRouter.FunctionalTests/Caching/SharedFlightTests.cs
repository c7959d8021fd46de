using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>The same request many times at once is one call, and no request fails for another's sake.</summary>
public sealed class SharedFlightTests
{
    private const int Followers = 20;

    public static TheoryData<bool, bool> Ways => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory, MemberData(nameof(Ways))]
    public async Task Chat_ManyAtOnce_AreOneCall(bool first, bool others)
    {
        await using var world = await CacheWorld.StartAsync();
        var gate = new Gate();
        world.Vendor.Default(Reply.Stream("One ", "answer.").HoldAt(ReplyPoint.BeforeFirstToken, gate));

        var leader = world.ChatAsync(stream: first);
        await gate.WaitForArrivalAsync();
        var followers = Enumerable.Range(0, Followers).Select(_ => world.ChatAsync(stream: others)).ToList();
        await FollowAsync(world);
        gate.Open();

        Assert.Equal("miss", (await leader).Header("x-router-cache"));
        foreach (var follower in await Task.WhenAll(followers))
        {
            Assert.Equal((HttpStatusCode.OK, "One answer."), (follower.Status, follower.Text));
            Assert.Contains(follower.Header("x-router-cache"), (string[])["shared", "hit"]);
        }

        Assert.Equal(1, world.Asked);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Leader_Leaves_TheOthersAreAnsweredByOneCallMore(bool stream)
    {
        await using var world = await CacheWorld.StartAsync();
        var gate = new Gate();
        world.Vendor.Next(Reply.Text("Never told.").HoldAt(ReplyPoint.BeforeHeaders, gate));
        using var leave = new CancellationTokenSource();
        var leader = world.Router.BeginChatAsync(ChatBodies.For(stream), leave.Token);
        await gate.WaitForArrivalAsync();
        var followers = Enumerable.Range(0, Followers).Select(_ => world.ChatAsync(stream: stream)).ToList();
        await FollowAsync(world);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);

        foreach (var follower in await Task.WhenAll(followers))
            Assert.Equal((HttpStatusCode.OK, "Echo: Say hello."), (follower.Status, follower.Text));
        Assert.Equal(2, world.Asked);
    }

    /// <summary>The one who goes on needs the place that the leader held.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task LeaderOfACallerWithOneRequestAtOnce_Leaves_TheOthersAreAnswered(bool stream)
    {
        for (var round = 0; round < 5; round++)
        {
            await using var world = await CacheWorld.StartAsync(set: static file => file.Tier("default", """{ "concurrentRequests": 1 }"""));
            var gate = new Gate();
            world.Vendor.Next(Reply.Text("Never told.").HoldAt(ReplyPoint.BeforeHeaders, gate));
            using var leave = new CancellationTokenSource();
            var leader = world.Router.BeginChatAsync(ChatBodies.For(stream), leave.Token);
            await gate.WaitForArrivalAsync();
            var follower = world.ChatAsync(stream: stream);
            await FollowAsync(world);

            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);

            Assert.Equal((HttpStatusCode.OK, "Echo: Say hello."), ((await follower).Status, (await follower).Text));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Leader_Fails_TheOthersAreAnswered(bool stream)
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"], """{ "cache": {}, "limits": { "attempts": 1 } }"""));
        var gate = new Gate();
        world.Vendor.Next(Reply.Status(400).HoldAt(ReplyPoint.BeforeHeaders, gate));
        var leader = world.ChatAsync(stream: stream);
        await gate.WaitForArrivalAsync();
        var followers = Enumerable.Range(0, Followers).Select(_ => world.ChatAsync(stream: stream)).ToList();
        await FollowAsync(world);

        gate.Open();

        Assert.Equal(HttpStatusCode.BadRequest, (await leader).Status);
        foreach (var follower in await Task.WhenAll(followers))
            Assert.Equal((HttpStatusCode.OK, "Echo: Say hello."), (follower.Status, follower.Text));
        Assert.Equal(2, world.Asked);
    }

    [Fact]
    public async Task Leader_Hangs_TheOthersGoAloneAfterTheTimeOfAFirstToken()
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"], """{ "cache": {}, "limits": { "firstTokenSeconds": 0.5, "deadlineSeconds": 60, "attemptSeconds": 60 } }"""));
        var gate = new Gate();
        world.Vendor.Next(Reply.Text("Late.").HoldAt(ReplyPoint.BeforeHeaders, gate));
        var leader = world.ChatAsync();
        await gate.WaitForArrivalAsync();

        Assert.Equal(("Echo: Say hello.", "miss"), Told(await world.ChatAsync()));
        gate.Open();

        Assert.Equal(("Late.", "miss"), Told(await leader));
    }

    [Fact]
    public async Task Leader_AnswerIsForNoOther_TheOthersAskForThemselves()
    {
        await using var world = await CacheWorld.StartAsync("""{ "maxEntryBytes": 1024 }""");
        var gate = new Gate();
        world.Vendor.Default(Reply.Stream(new string('a', 5000)).HoldAt(ReplyPoint.BeforeFirstToken, gate));
        var leader = world.ChatAsync();
        await gate.WaitForArrivalAsync();
        var follower = world.ChatAsync();
        gate.Open();

        Assert.Equal("miss", (await leader).Header("x-router-cache"));
        Assert.Equal((5000, "miss"), ((await follower).Text.Length, (await follower).Header("x-router-cache")));
    }

    /// <summary>A request behind the followers on the same connections' server has been answered: they are with the router by then.</summary>
    private static async Task FollowAsync(CacheWorld world)
    {
        for (var count = 0; count < 3; count++)
            await world.Router.GetAsync("healthz");
    }

    private static (string Text, string? Cache) Told(ClientAnswer answer) => (answer.Text, answer.Header("x-router-cache"));
}
