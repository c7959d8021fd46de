using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Faults.FaultyUpstream;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>After the first content a stream is not replaced: the client is told in the stream, the call is billed by what came, and health learns of it.</summary>
public sealed class BrokenStreamTests : IAsyncLifetime
{
    private const int FailuresInRow = 5;
    private const string Failed = "upstream_error";
    private const string Late = "timeout";

    private static readonly Reply Three = Reply.Stream("One ", "two ", "three.").Usage(1000, 300);

    private static readonly BrokenStream[] All =
    [
        new("reset after a chunk", Answers(Three.ResetAt(ReplyPoint.AfterChunk(2))), "One two ", Failed),
        new("closed after a chunk", Answers(Three.CutAt(ReplyPoint.AfterChunk(2), CutManner.Close)), "One two ", Failed),
        new("clean end without finish reason or [DONE]", Answers(Three.CutAfterChunk(2)), "One two ", Failed),
        new("clean end after the very first chunk", Answers(Three.CutAfterChunk(1)), "One ", Failed),
        new("cut inside a JSON token", Answers(Three.CutInsideChunk(2)), "One ", Failed),
        new("cut inside a UTF-8 sequence", Answers(Reply.Stream("One ", "zwölf ", "drei.").Usage(1000, 300).CutInsideCharacter()), "One ", Failed),
        new("error chunk in the stream", Answers(Three.ErrorAfterChunk(2)), "One two ", Failed),
        new("overload in the stream", Answers(Three.ErrorAfterChunk(1, 529, "Overloaded", "overloaded_error")), "One ", Failed),
        new("finish reason 'error'", Answers(Reply.Events(Chunk("One "), Finish("error"), "[DONE]")), "One ", Failed),
        new("an event that is not JSON", Answers(Reply.Events(Chunk("One "), "{oops", Chunk("two "), Finish("stop"), "[DONE]")), "One ", Failed),
        new("stall after a chunk", Answers(Three.HangAt(ReplyPoint.AfterChunk(2))), "One two ", Late),
        new("stall inside a chunk", Answers(Three.HangAt(ReplyPoint.InsideChunk(2))), "One ", Late),
        new("stall inside a UTF-8 sequence", Answers(Reply.Stream("One ", "zwölf ", "drei.").HangAt(ReplyPoint.InsideCharacter)), "One ", Late),
    ];

    private FakeUpstream _good = null!;

    public static TheoryData<string> Scenarios => [.. All.Select(broken => broken.Name)];

    public async Task InitializeAsync() => _good = await FakeUpstream.StartAsync();

    public Task DisposeAsync() => _good.DisposeAsync().AsTask();

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_StreamBreaksAfterContent_TheClientIsToldInBandAndNothingIsReplaced(string name)
    {
        var broken = Find(name);
        await using var faulty = await broken.Upstream();
        await using var router = await StartAsync(faulty, broken);

        var answer = await router.ChatAsync(ChatBodies.Streamed(), ("x-router-metadata", "enabled"));

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal(broken.Text, answer.Text);
        Assert.False(answer.IsWhole);
        Assert.Equal("error", answer.FinishReason);
        Assert.Equal(broken.Code, answer.ErrorCode);
        Assert.NotNull(answer.Chunks.Last()["error"]);
        Assert.Empty(_good.Books.Requests);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_StreamBreaksAfterContent_IsBilledOnceByWhatCame(string name)
    {
        var broken = Find(name);
        await using var faulty = await broken.Upstream();
        await using var router = await StartAsync(faulty, broken);

        var answer = await router.ChatAsync(ChatBodies.Streamed(), ("x-router-metadata", "enabled"));

        var attempt = Assert.Single(answer.Metadata!["attempts"]!.AsArray())!;
        Assert.Equal(broken.Code == Late ? "stalled_after_commit" : "cut_after_commit", (string?)attempt["outcome"]);
        // NoCaller told what it cost: a handful of prompt tokens, and a token for each four bytes that came.
        Assert.InRange((decimal)attempt["cost_usd"]!, broken.Text.Length / 4 * 4m / 1_000_000m, 100m / 1_000_000m);
        Assert.Equal((decimal)attempt["cost_usd"]!, (decimal)answer.Metadata["cost_usd"]!);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_StreamsBreakAfterContent_HealthTakesTheDeploymentOut(string name)
    {
        var broken = Find(name);
        await using var faulty = await broken.Upstream();
        await using var router = await StartAsync(faulty, broken);

        await Task.WhenAll(Enumerable.Range(0, FailuresInRow - 1).Select(_ => router.ChatAsync(ChatBodies.Streamed())));
        Assert.Null(await router.ObstacleAsync("faulty-alone"));
        await router.ChatAsync(ChatBodies.Streamed());

        Assert.NotNull(await router.ObstacleAsync("faulty-alone"));
        var next = await router.ChatAsync(ChatBodies.Streamed());
        Assert.True(next.IsWhole);
        Assert.Equal("good", next.Header("x-router-model"));
    }

    [Fact]
    public async Task Chat_UsageCameBeforeTheCut_ItsFiguresAreBilled()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Three.UsageAt(UsagePlacement.LastContentChunk).ResetAt(ReplyPoint.AfterChunk(3)));
        await using var faulty = new FaultyUpstream(upstream.OpenAiAddress);
        await using var router = await StartAsync(faulty);

        var answer = await router.ChatAsync(ChatBodies.Streamed(), ("x-router-metadata", "enabled"));

        Assert.NotNull(answer.Error);
        Assert.Equal(await upstream.BilledUsdAsync(), (decimal)answer.Metadata!["cost_usd"]!);
    }

    private static BrokenStream Find(string name) => All.Single(broken => broken.Name == name);

    private static string Chunk(string text) => $$$"""{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"{{{text}}}"},"finish_reason":null}]}""";

    private static string Finish(string reason) => $$$"""{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]}""";

    /// <summary>A stall is waited for; while a stream breaks by itself the clock stands still.</summary>
    private Task<RunningRouter> StartAsync(FaultyUpstream faulty, BrokenStream? broken = null) => RunningRouter.StartAsync(new RouterFile()
        .Upstream("faulty", faulty.Address).Upstream("good", _good)
        .Route("auto", ["faulty"], """{ "fallbacks": ["good"], "limits": { "stallSeconds": 0.3 } }""")
        .Route("faulty-alone", ["faulty"]), time: broken?.Code == Late ? TimeProvider.System : new ManualTimeProvider());
}
