using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class OpenAIProviderTests : OpenAISchemaSuite
{
    public override ProviderKind Kind => ProviderKinds.OpenAI;

    [Fact]
    public async Task Send_Any_CallsChatCompletionsUnderTheBaseAddressWithABearer()
    {
        await ReadToEndAsync(await SendAsync(ChatBodies.Plain()));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal("/v1/chat/completions", sent.Path);
        Assert.Equal($"Bearer {Key}", sent.Headers["Authorization"]);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal(sent.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), sent.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Send_NoCredential_SendsNoAuthorization()
    {
        Upstream.RequiredKey = null;

        await ReadToEndAsync(await SendAsync(ChatBodies.Plain(), ProviderAttempts.Model(Configure() with { Credential = Credential.None.Instance })));

        Assert.DoesNotContain("Authorization", Upstream.Books.Requests[0].Headers.Keys);
    }

    [Fact]
    public async Task Send_ReportedCost_IsRead()
    {
        Upstream.Next(Reply.Text("Hello").Usage(10, 5).ReportCost(0.00123m));

        using var answer = await AnswerAsync(ChatBodies.Plain());

        Assert.Equal(0.00123m, answer.Usage!.Value.ReportedCostUsd);
    }

    [Theory]
    [InlineData("6m0s", 360_000)]
    [InlineData("2ms", 2)]
    [InlineData("1h2m", 3_720_000)]
    public async Task Send_QuotaHeaders_AreReadOnEveryAnswer(string reset, int milliseconds)
    {
        Upstream.Next(Reply.Text("Hello").RemainingRequests(3, reset).RemainingTokens(900, reset));

        using var answer = await AnswerAsync(ChatBodies.Plain());

        var span = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(new RemainingQuota(3, 900, span, span), Attempt.RemainingQuota);
    }

    // Gateways write a time here. As a duration it is fifty years, and requests would wait for room for as long as any vendor is waited for.
    [Theory, InlineData("1767225690"), InlineData("1767225690000"), InlineData("2026-01-01T00:01:30Z")]
    public async Task Send_QuotaHeadersTellATime_NothingIsKnownOfWhenTheyBeginAnew(string reset)
    {
        Upstream.Next(Reply.Text("Hello").RemainingRequests(0, reset).RemainingTokens(900, reset));

        using var answer = await AnswerAsync(ChatBodies.Plain());

        Assert.Equal(new RemainingQuota(0, 900, null, null), Attempt.RemainingQuota);
    }

    [Fact]
    public async Task Send_RateLimitedWithoutRetryAfter_WaitsForWhatIsUsedUp()
    {
        Upstream.Next(Reply.RateLimited().RemainingRequests(5, "1s").RemainingTokens(0, "6m0s"));

        Assert.Equal(TimeSpan.FromMinutes(6), (await SendAsync(ChatBodies.Plain())).Failure!.RetryAfter);
    }

    [Fact]
    public async Task Send_JsonErrorInsideA200_IsClassifiedByTheError()
    {
        Upstream.Next(Reply.Body("""{"error":{"message":"Rate limited upstream","code":429}}""", "application/json"));

        Assert.Equal(FailureKind.RateLimited, (await SendAsync(ChatBodies.Plain())).Failure!.Kind);
    }

    [Fact]
    public async Task Send_WholeAnswerToAStream_IsAStream()
    {
        Upstream.Next(Reply.Body("""{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}""", "application/json"));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(("x", "stop"), (streamed.Content, streamed.FinishReason));
    }

    [Fact]
    public async Task Read_TwoStreamsInARow_UseOneConnection()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            const string Body = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
            while (true)
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n");
            }
        });
        var model = ProviderAttempts.Model(Configure() with { Endpoint = upstream.BaseAddress });

        for (var call = 0; call < 3; call++)
            Assert.Equal("x", (await StreamAsync(ChatBodies.Streamed(), model)).Content);

        Assert.Equal(1, upstream.Connections);
    }

    protected override ProviderModel Configure() => new()
    {
        Name = "vendor",
        Kind = Kind,
        Endpoint = Upstream.OpenAiAddress,
        Credential = new Credential.ApiKey(Key),
    };
}
