using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>A load balancer has dropped the connections that the router keeps: the next request on one costs a fresh connection, no attempt, and nothing is held against the vendor.</summary>
public sealed class DeadConnectionTests
{
    private const int MoreThanAnyBreakerStands = 6;

    private const string Plain = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";
    private const string Streamed = """data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n";

    [Theory]
    [InlineData(false, true), InlineData(true, true), InlineData(false, false), InlineData(true, false)]
    public async Task Chat_EveryKeptConnectionIsDead_AnsweredByFreshOnesAtTheFirstAttempt(bool stream, bool isReset)
    {
        await using var upstream = RawUpstream.Start(connection => AnswerOnceAsync(connection, stream, isReset));
        await using var router = await StartAsync(upstream);

        // On the kept connection of the first one, and then on whatever is kept.
        for (var request = 0; request < MoreThanAnyBreakerStands; request++)
        {
            var answer = await router.ChatAsync(ChatBodies.For(stream));
            Assert.Equal((200, "hi", 1), ((int)answer.Status, answer.Text, answer.Attempts));
        }

        Assert.Null(await router.ObstacleAsync("auto"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AFreshConnectionBreaksToo_IsAFailedAttempt(bool stream)
    {
        await using var upstream = RawUpstream.Start(static async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        upstream.Next(connection => AnswerOnceAsync(connection, stream, isReset: true));
        await using var router = await StartAsync(upstream);
        Assert.Equal(200, (int)(await router.ChatAsync(ChatBodies.For(stream))).Status);

        var answer = await router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal((502, "upstream_error", 1), ((int)answer.Status, answer.ErrorCode, answer.Attempts));
        Assert.Equal(2, upstream.Connections);
    }

    private static async Task AnswerOnceAsync(RawConnection connection, bool stream, bool isReset)
    {
        await connection.ReadRequestAsync();
        var body = stream ? Streamed : Plain;
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: {(stream ? "text/event-stream" : "application/json")}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await connection.ReadRequestAsync();
        if (isReset)
            connection.Reset();
    }

    private static Task<RunningRouter> StartAsync(RawUpstream upstream) => RunningRouter.StartAsync(new RouterFile()
        .Upstream("only", upstream.BaseAddress).Route("auto", ["only"], """{ "limits": { "attempts": 1 } }"""));
}
