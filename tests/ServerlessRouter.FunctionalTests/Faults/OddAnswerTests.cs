using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Odd is not wrong: the client reads the whole answer, the bill equals the vendor's, and health has nothing to hold against it.</summary>
public sealed class OddAnswerTests : IAsyncLifetime
{
    private const int MoreThanAnyBreakerStands = 6;

    private static readonly string s_long = string.Concat(Enumerable.Repeat("0123456789abcdef", 20_000));
    private static readonly Reply Hello = Reply.Text("Grüß dich, 世界 🌍!").Usage(120, 15);

    private static readonly OddAnswer[] All =
    [
        new("LF", Hello, "Grüß dich, 世界 🌍!"),
        new("CRLF", Hello.CrLf(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("comments between events", Hello.Comments(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("several data lines per event", Hello.SplitDataLines(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("CRLF, comments and split events at once", Hello.CrLf().Comments().SplitDataLines(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("writes of one byte", Hello.ByteByByte(), "Grüß dich, 世界 🌍!"),
        new("writes of one byte with CRLF", Hello.CrLf().ByteByByte(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("gzip", Hello.Gzip(), "Grüß dich, 世界 🌍!"),
        new("a line of 320 000 characters", Reply.Stream(s_long).Usage(10, 80_000), s_long),
        new("a thousand chunks", Reply.Stream([.. Enumerable.Repeat("tick ", 1000)]).Usage(10, 1000), string.Concat(Enumerable.Repeat("tick ", 1000))),
        new("Azure's opening chunk without choices", Hello.PromptFilterFirst(), "Grüß dich, 世界 🌍!"),
        new("usage on the first chunk", Hello.UsageAt(UsagePlacement.FirstChunk), "Grüß dich, 世界 🌍!"),
        new("usage on the last chunk with content", Hello.UsageAt(UsagePlacement.LastContentChunk), "Grüß dich, 世界 🌍!"),
        new("usage on the chunk with the finish reason", Hello.UsageAt(UsagePlacement.FinishChunk), "Grüß dich, 世界 🌍!"),
        new("usage on a chunk of its own, asked or not", Hello.UsageAt(UsagePlacement.OwnChunk), "Grüß dich, 世界 🌍!"),
        new("no usage at all", Hello.UsageAt(UsagePlacement.Absent), "Grüß dich, 世界 🌍!") { IsEstimated = true },
        new("finish reason without [DONE]", Hello.WithoutDone(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("[DONE] without finish reason", Hello.WithoutFinish(), "Grüß dich, 世界 🌍!") { Ways = Ways.Streamed },
        new("finish reason 'length'", Hello.FinishReason("length"), "Grüß dich, 世界 🌍!"),
        new("finish reason 'content_filter'", Hello.FinishReason("content_filter"), "Grüß dich, 世界 🌍!"),
        new("an unknown finish reason", Hello.FinishReason("vendor_reason"), "Grüß dich, 世界 🌍!"),
        new("a refusal", Reply.Refuse("I cannot help with that.").Usage(20, 6), ""),
        new("a tool call and no text", Reply.Call("get_weather", """{"city":"Oslo"}""").Usage(20, 6), ""),
        new("three tool calls", Reply.Call("a").AndCall("b").AndCall("c").Usage(20, 6), ""),
        new("cost stated by the vendor", Hello.ReportCost(0.0042m), "Grüß dich, 世界 🌍!"),
        new("cached and reasoning tokens", Reply.Text("Thought.").Usage(900, 400, cached: 800, reasoning: 390), "Thought."),
    ];

    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public static TheoryData<string, bool> Scenarios
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var odd in All)
            {
                if (odd.Ways.HasFlag(Ways.Plain))
                    rows.Add(odd.Name, false);
                rows.Add(odd.Name, true);
            }

            return rows;
        }
    }

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("odd", _upstream).Route("auto", ["odd"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_AnswerIsOddButWhole_ReadBilledAndNotHeldAgainstTheVendor(string name, bool stream)
    {
        var odd = All.Single(odd => odd.Name == name);
        _upstream.Default(odd.Reply);

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal(200, (int)answer.Status);
        Assert.True(answer.IsWhole);
        Assert.Null(answer.Error);
        Assert.Equal(odd.Text, answer.Text);
        Assert.Equal(1, answer.Attempts);
        var billed = await _upstream.BilledUsdAsync();
        var costs = answer.Usage!["cost_details"]!;
        Assert.Equal(odd.IsEstimated, (bool)costs["is_estimated"]!);
        Assert.Equal((decimal)costs["upstream_inference_cost"]!, (decimal)costs["upstream_inference_prompt_cost"]! + (decimal)costs["upstream_inference_completions_cost"]!);
        if (!odd.IsEstimated)
            Assert.Equal(billed, answer.CostUsd);

        await Task.WhenAll(Enumerable.Range(0, MoreThanAnyBreakerStands).Select(_ => _router.ChatAsync(ChatBodies.For(stream))));
        Assert.Null(await _router.ObstacleAsync("auto"));
    }
}
