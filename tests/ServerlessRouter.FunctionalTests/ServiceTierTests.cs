using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A vendor's service tiers: asked for only where they have a price, and billed by the one that was served.</summary>
public sealed class ServiceTierTests : IAsyncLifetime
{
    private const string Priced = """{ "price": { "inputPerMillion": 10, "outputPerMillion": 100, "tiers": { "flex": { "inputPerMillion": 5, "outputPerMillion": 50 }, "priority": { "inputPerMillion": 20, "outputPerMillion": 200 } } } }""";

    private FakeUpstream _vendor = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("plain", _vendor).Upstream("tiered", _vendor, Priced).Upstream("free", _vendor, """{ "price": { "free": true } }""")
            .Route("auto", ["plain", "tiered"]).Route("only", ["plain"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Theory]
    [InlineData("flex", null, 0.0055)]
    [InlineData("flex", "flex", 0.0055)]
    [InlineData("flex", "default", 0.011)]
    [InlineData("priority", "priority", 0.022)]
    [InlineData("priority", "standard", 0.011)]
    [InlineData("priority", "a-new-one", 0.022)]
    [InlineData("auto", "priority", 0.022)]
    [InlineData("default", "default", 0.011)]
    [InlineData(null, null, 0.011)]
    public async Task Chat_Tier_IsBilledByTheOneServedElseByTheOneAskedFor(string? asked, string? served, double costUsd)
    {
        foreach (var stream in new[] { false, true })
        {
            _vendor.Default(Answer(served, stream));
            var body = ChatBodies.For(stream, model: "tiered");
            if (stream)
                body = ChatBodies.With(body, "stream_options", """{"include_usage":true}""");

            var answer = await _router.ChatAsync(asked is null ? body : ChatBodies.With(body, "service_tier", $"\"{asked}\""));

            Assert.Equal((decimal)costUsd, answer.CostUsd);
            Assert.Equal(asked, (string?)_vendor.Books.Requests[^1].Json!["service_tier"]);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_TierWithoutAPrice_GoesToTheCandidatesThatHaveOne(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.For(stream), "service_tier", "\"flex\""));

        Assert.Equal("tiered", answer.Header("x-router-model"));
    }

    [Theory]
    [InlineData("only", "\"flex\"")]
    [InlineData("plain", "\"priority\"")]
    [InlineData("tiered", "\"scale\"")]
    [InlineData("auto", "\"no tier at all, and a long text besides, that no vendor has ever heard of\"")]
    [InlineData("auto", "\"\\u0066lex\"")]
    public async Task Chat_TierThatNoCandidateHasAPriceFor_IsRefusedBeforeACall(string model, string tier)
    {
        var answer = await _router.ChatAsync(WithRawTier(model, tier));

        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_parameter", "service_tier"), (answer.Status, answer.ErrorCode, (string?)answer.Error!["param"]));
        Assert.Contains(".price.tiers: add", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_vendor.Books.Requests);
    }

    /// <summary>The tier as it is written, escapes and all.</summary>
    private static byte[] WithRawTier(string model, string tier) =>
        System.Text.Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}],"service_tier":{{tier}}}""");

    [Theory]
    [InlineData("plain", "\"auto\"")]
    [InlineData("plain", "\"default\"")]
    [InlineData("plain", "\"standard\"")]
    [InlineData("plain", "\"standard_only\"")]
    [InlineData("plain", "null")]
    [InlineData("plain", "\"\"")]
    [InlineData("plain", "7")]
    [InlineData("free", "\"flex\"")]
    public async Task Chat_TierThatNeedsNoPrice_GoesUp(string model, string tier)
    {
        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.Plain(model: model), "service_tier", tier));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    private static Reply Answer(string? served, bool stream)
    {
        var tier = served is null ? "" : $",\"service_tier\":\"{served}\"";
        const string Usage = "\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":100,\"total_tokens\":200}";
        return stream
            ? Reply.Events(
                $$"""{"id":"1","object":"chat.completion.chunk","created":1,"model":"m"{{tier}},"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi."},"finish_reason":null}]}""",
                $$"""{"id":"1","object":"chat.completion.chunk","created":1,"model":"m"{{tier}},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
                $$"""{"id":"1","object":"chat.completion.chunk","created":1,"model":"m"{{tier}},"choices":[],{{Usage}}}""",
                "[DONE]")
            : Reply.Body($$"""{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],{{Usage}}{{tier}}}""", "application/json");
    }
}
