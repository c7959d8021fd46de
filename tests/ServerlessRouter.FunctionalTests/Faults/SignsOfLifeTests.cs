using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Faults.FaultyUpstream;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>What keeps a stream alive, what ends it, and what makes it whole.</summary>
public sealed class SignsOfLifeTests
{
    private const string Headers = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private const string Limits = """{ "limits": { "attempts": 1, "deadlineSeconds": 20, "firstTokenSeconds": 1.5, "stallSeconds": 1.5, "idleSeconds": 3 } }""";
    private const string Ping = ": ping\n\n";
    private const string EmptyDelta = """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}""" + "\n\n";
    private const string AnthropicPing = "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    private const string AnthropicStart = """data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"v","content":[],"usage":{"input_tokens":10,"output_tokens":1}}}""" + "\n\n";
    private const string AnthropicFinish = """data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""" + "\n\n";

    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(0.5);

    [Theory, InlineData("openai"), InlineData("anthropic")]
    public async Task Chat_PingsBeforeAndBehindContentForLongerThanTheSilenceAllowed_TheAnswerIsWhole(string kind)
    {
        await using var upstream = await Does(async connection =>
        {
            var (start, ping) = kind == "openai" ? ("", Ping) : (AnthropicStart, AnthropicPing);
            await connection.SendAsync(Headers + start);
            await BeatAsync(connection, ping, 4);
            await connection.SendAsync(Text(kind, "One "));
            await BeatAsync(connection, ping, 4);
            await connection.SendAsync(Text(kind, "two.") + Finish(kind));
            connection.Close();
        })();
        await using var router = await StartAsync(upstream, kind);

        var answer = await router.ChatAsync(ChatBodies.Streamed());

        Assert.Equal("One two.", answer.Text);
        Assert.True(answer.IsWhole, answer.ToString());
    }

    [Theory, InlineData(Ping), InlineData(EmptyDelta)]
    public async Task Chat_NothingButSignsOfLifeBehindContent_EndsAndSaysWhichLimit(string sign)
    {
        await using var upstream = await Does(async connection =>
        {
            await connection.SendAsync(Headers + Text("openai", "One "));
            await BeatAsync(connection, sign, 1000);
        })();
        await using var router = await StartAsync(upstream, "openai");

        var answer = await router.ChatAsync(ChatBodies.Streamed());

        Assert.Equal(("One ", "timeout", false), (answer.Text, answer.ErrorCode, answer.IsWhole));
        Assert.Contains("idleSeconds", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, InlineData("openai"), InlineData("anthropic")]
    public async Task Chat_SilenceBehindTheFinishReason_TheAnswerIsWholeAndHealthHasNothingAgainstIt(string kind)
    {
        await using var upstream = await Does(async connection =>
        {
            await connection.SendAsync(Headers + (kind == "openai" ? "" : AnthropicStart) + Text(kind, "Whole.") + Finish(kind));
            await connection.WaitForCloseAsync();
        })();
        await using var router = await StartAsync(upstream, kind);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => router.ChatAsync(ChatBodies.Streamed(), ("x-router-metadata", "enabled"))));

        Assert.All(answers, answer => Assert.True(answer.IsWhole && answer.Text == "Whole.", answer.ToString()));
        Assert.All(answers, answer => Assert.Equal("answered", (string?)Assert.Single(answer.Metadata!["attempts"]!.AsArray())!["outcome"]));
        Assert.Null(await router.ObstacleAsync("auto"));
    }

    /// <summary>A plain answer shows nothing before its end, so the first-token limit is not its: the attempt's own time ends it, and the error names that.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_VendorShowsNoContent_TheNextModelAnswersAfterTheAttemptsOwnTime(bool stream)
    {
        await using var hanging = await FakeUpstream.StartAsync();
        await using var good = await FakeUpstream.StartAsync();
        hanging.Default(Reply.Text("late").HangAt(ReplyPoint.AfterHeaders));
        good.Default(Reply.Text("fine"));
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("hanging", hanging).Upstream("good", good)
            .Route("auto", ["hanging"], """{ "fallbacks": ["good"], "limits": { "attemptSeconds": 0.4 } }""")
            .Route("alone", ["hanging"], """{ "limits": { "attempts": 1, "deadlineSeconds": 0.4, "firstTokenSeconds": 0.2 } }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream));
        var told = await router.ChatAsync(ChatBodies.For(stream, model: "alone"));

        Assert.Equal((200, "fine", 2), ((int)answer.Status, answer.Text, answer.Attempts));
        Assert.Equal((504, "timeout"), ((int)told.Status, told.ErrorCode));
        Assert.Contains(stream ? "firstTokenSeconds" : "deadlineSeconds", told.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task BeatAsync(RawConnection connection, string sign, int times)
    {
        using var beat = new PeriodicTimer(s_beat);
        for (var sent = 0; sent < times; sent++)
        {
            await beat.WaitForNextTickAsync();
            await connection.SendAsync(sign);
        }
    }

    private static string Text(string kind, string text) => kind == "openai"
        ? $$$"""data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"{{{text}}}"},"finish_reason":null}]}""" + "\n\n"
        : $$$"""data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}""" + "\n\n";

    private static string Finish(string kind) => kind == "openai"
        ? """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n"
        : AnthropicFinish;

    private static Task<RunningRouter> StartAsync(FaultyUpstream upstream, string kind) => RunningRouter.StartAsync(new RouterFile()
        .Provider("vendor", upstream.Address, kind).Model("only", ["vendor"]).Route("auto", ["only"], Limits));
}
