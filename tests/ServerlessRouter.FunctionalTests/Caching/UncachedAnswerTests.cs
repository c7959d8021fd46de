using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>What is not a whole answer of the model that was meant is never given again.</summary>
public sealed class UncachedAnswerTests
{
    private const string Once = """{ "attempts": 1 }""";

    private static readonly Reply Whole = Reply.Text("A whole answer.");

    public static TheoryData<string> Plain => ["filtered", "empty", "error", "error inside", "filtered choice"];

    [Theory, MemberData(nameof(Plain))]
    public async Task Plain_NotWhole_IsAskedAnew(string what)
    {
        await using var world = await OnceAsync();
        world.Vendor.Next(ReplyOf(what));
        await world.ChatAsync();

        await GetsAWholeAnswerAsync(world);
    }

    [Theory, InlineData("filtered"), InlineData("cut"), InlineData("error inside"), InlineData("reset"), InlineData("done without finish")]
    public async Task Stream_NotWhole_IsAskedAnew(string what)
    {
        await using var world = await OnceAsync();
        world.Vendor.Next(what switch
        {
            "filtered" => Reply.Text("Half of it").FinishReason("content_filter"),
            "cut" => Reply.Stream("Half ", "of ", "it").CutAfterChunk(2),
            "reset" => Reply.Stream("Half ", "of ", "it").ResetAt(ReplyPoint.AfterChunk(2)),
            "error inside" => Reply.Stream("Half ", "of ", "it").ErrorAfterChunk(2),
            _ => Reply.Events("[DONE]"),
        });
        await world.ChatAsync(stream: true);

        await GetsAWholeAnswerAsync(world);
    }

    [Fact]
    public async Task Stream_CallerLeaves_IsAskedAnew()
    {
        await using var world = await OnceAsync();
        var gate = new Gate();
        world.Vendor.Next(Reply.Stream("Half ", "of ", "it").HoldAt(ReplyPoint.AfterChunk(2), gate));
        using (var leave = new CancellationTokenSource())
        {
            var begun = world.Router.BeginChatAsync(ChatBodies.Streamed(), leave.Token);
            await gate.WaitForArrivalAsync();
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await (await begun).Content.ReadAsStringAsync(leave.Token));
        }

        await world.Vendor.WaitForAbortAsync();
        await GetsAWholeAnswerAsync(world);
    }

    /// <summary>What answered during an outage would go on answering behind it.</summary>
    [Fact]
    public async Task Answer_OfAFallback_IsGivenToNoOther()
    {
        await using var spare = await FakeUpstream.StartAsync();
        spare.Default(Reply.Text("From the spare."));
        await using var world = await CacheWorld.StartAsync(set: file => file.Upstream("spare", spare).Route("auto", ["mini"], """{ "cache": {}, "fallbacks": ["spare"] }"""));
        world.Vendor.Default(Reply.Status(500));

        for (var count = 0; count < 2; count++)
            Assert.Equal(("From the spare.", "miss"), Told(await world.ChatAsync()));

        Assert.Equal(2, spare.Books.Requests.Count);
    }

    /// <summary>Nested deeper than it can be read again: the caller gets it whole, and no other does.</summary>
    [Fact]
    public async Task Stream_DeeperThanIsRead_ReachesItsCallerAlone()
    {
        await using var world = await CacheWorld.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        world.Vendor.Default(Reply.Events(
            """{"id":"v","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Deep."},"finish_reason":null}]}""",
            $$"""{"id":"v","object":"chat.completion.chunk","created":1,"model":"m","extra":{{deep}},"choices":[{"index":0,"delta":{"content":" Deeper."},"finish_reason":null}]}""",
            """{"id":"v","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", "[DONE]"));
        for (var count = 0; count < 2; count++)
        {
            using var response = await world.Router.BeginChatAsync(ChatBodies.Streamed(), CancellationToken.None);
            Assert.Equal("miss", response.Headers.GetValues("x-router-cache").Single());
            await response.Content.ReadAsStringAsync();
        }

        Assert.Equal(2, world.Asked);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Answer_LargerThanTheBound_IsAskedAnew(bool stream)
    {
        await using var world = await CacheWorld.StartAsync("""{ "maxEntryBytes": 2048 }""");
        world.Vendor.Default(Reply.Stream(new string('a', 1500), new string('b', 1500)));

        Assert.Equal("miss", (await world.ChatAsync(stream: stream)).Header("x-router-cache"));
        Assert.Equal("miss", (await world.ChatAsync(stream: stream)).Header("x-router-cache"));
        Assert.Equal(3000, (await world.ChatAsync(stream: stream)).Text.Length);
    }

    [Fact]
    public async Task Entries_BeyondTheMemory_GiveWayOldestFirst()
    {
        await using var world = await CacheWorld.StartAsync("""{ "maxEntryBytes": 4000, "maxBytes": 8000 }""");
        world.Vendor.Default(Reply.Stream(new string('a', 2000)));
        foreach (var prompt in new[] { "1", "2", "1", "3", "4" })
            await world.ChatAsync(prompt);

        Assert.Equal("hit", (await world.ChatAsync("4")).Header("x-router-cache"));
        Assert.Equal("miss", (await world.ChatAsync("2")).Header("x-router-cache"));
    }

    private static Task<CacheWorld> OnceAsync() => CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"], $$"""{ "cache": {}, "limits": {{Once}} }"""));

    private static Reply ReplyOf(string what) => what switch
    {
        "filtered" => Reply.Text("Half of it").FinishReason("content_filter"),
        "empty" => Reply.Text(""),
        "error" => Reply.Status(400),
        "error inside" => Reply.Text("Half").ErrorAfterChunk(0),
        _ => Reply.Body(
            """{"id":"v","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"b"},"finish_reason":"content_filter"}]}""",
            "application/json"),
    };

    private static async Task GetsAWholeAnswerAsync(CacheWorld world)
    {
        world.Vendor.Default(Whole);
        Assert.Equal(("A whole answer.", "miss"), Told(await world.ChatAsync()));
        Assert.Equal(("A whole answer.", "hit"), Told(await world.ChatAsync(stream: true)));
    }

    private static (string Text, string? Cache) Told(ClientAnswer answer) => (answer.Text, answer.Header("x-router-cache"));
}
