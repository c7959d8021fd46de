using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Callers grade answers, and the router learns.</summary>
public sealed class FeedbackTests : IAsyncLifetime
{
    private FakeUpstream _mini = null!;
    private FakeUpstream _large = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_mini, _large) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(File());
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _mini.DisposeAsync();
        await _large.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Feedback_ThumbsDownAgainAndAgain_TheRouterChoosesTheOther(bool stream)
    {
        Assert.Equal("mini", await FirstAsync(stream));
        var last = 0.0;
        for (var number = 0; number < 10; number++)
        {
            var id = (await _router.ChatAsync(ChatBodies.For(stream, "hi", "trial"))).Header("x-request-id");
            var answer = await FeedbackAsync($$"""{"request_id":"{{id}}","thumbs":"down"}""");
            Assert.Equal(("mini", "counted"), ((string?)answer.Json["model"], (string?)answer.Json["effect"]));
            var after = (double)answer.Json["correction"]!["after"]!;
            Assert.True(after < last, $"{after} is not below {last}");
            last = after;
        }

        Assert.InRange(last, -0.15, -0.05);
        Assert.Equal("large", await FirstAsync(stream));
        var mini = (await _router.PostAsync("v1/route", Body(stream))).Json["candidates"]![1]!;
        // The classifier is not sure of the task, so its correction counts by its probability.
        Assert.InRange((double)mini["correction"]!, last, last / 4);
    }

    [Fact]
    public async Task Feedback_AnswersWereLonger_TheirCostIsExpected()
    {
        var before = await MiniAsync();
        for (var number = 0; number < 20; number++)
            await _router.ChatAsync(Body(stream: false));
        var after = await MiniAsync();

        Assert.NotEqual((int)before["output_tokens"]!, (int)after["output_tokens"]!);
        Assert.NotEqual((double)before["cost_usd"]!, (double)after["cost_usd"]!);
    }

    [Theory]
    [InlineData("""{"request_id":"unknown","score":1}""", 404, "not_found", "request_id")]
    [InlineData("""{"request_id":"","score":1}""", 400, "invalid_request", "request_id")]
    [InlineData("""{"score":1}""", 400, "invalid_request", "request_id")]
    [InlineData("""{"request_id":7,"score":1}""", 400, "invalid_request", "request_id")]
    [InlineData("""{"request_id":"a"}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","score":1,"thumbs":"up"}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","score":1.5}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","score":-0.1}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","score":"1"}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","score":1e999}""", 400, "invalid_request", "score")]
    [InlineData("""{"request_id":"a","thumbs":"sideways"}""", 400, "invalid_request", "thumbs")]
    [InlineData("""{"request_id":"\ud800","score":1}""", 400, "invalid_request", null)]
    [InlineData("""[1]""", 400, "invalid_request", null)]
    [InlineData("""{"request_id":""", 400, "invalid_request", null)]
    [InlineData("", 400, "invalid_request", null)]
    public async Task Feedback_Wrong_SaysWhat(string body, int status, string code, string? param)
    {
        var answer = await FeedbackAsync(body);

        Assert.Equal((status, code, param), ((int)answer.Status, answer.ErrorCode, (string?)answer.Error!["param"]));
    }

    [Fact]
    public async Task Feedback_TooLong_Is413() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await FeedbackAsync($$"""{"request_id":"{{new string('a', 20_000)}}","score":1}""")).Status);

    [Fact]
    public async Task Feedback_CorrectionsAreFrozen_SaysSoAndChangesNothing()
    {
        await using var router = await RunningRouter.StartAsync(File().Quality("""{ "corrections": "frozen" }"""));
        var id = (await router.ChatAsync(Body(stream: false))).Header("x-request-id");

        var answer = await router.PostAsync("v1/feedback", Encoding.UTF8.GetBytes($$"""{"request_id":"{{id}}","score":0}"""));

        Assert.Equal(("frozen", 0), ((string?)answer.Json["effect"], (double)answer.Json["correction"]!["after"]!));
    }

    private RouterFile File() => new RouterFile().Upstream("mini", _mini, """{ "quality": { "default": 0.75 } }""").Upstream("large", _large, """{ "quality": { "default": 0.9 } }""")
        .Route("auto", ["mini", "large"], """{ "objective": { "prefer": "cost", "minimumQuality": 0.7 } }""")
        .Route("trial", ["mini", "large"]);

    private static byte[] Body(bool stream) => ChatBodies.For(stream, "hi", "auto");

    private Task<ClientAnswer> FeedbackAsync(string body) => _router.PostAsync("v1/feedback", Encoding.UTF8.GetBytes(body));

    private async Task<string?> FirstAsync(bool stream) => (string?)(await _router.PostAsync("v1/route", Body(stream))).Json["candidates"]![0]!["model"];

    private async Task<JsonNode> MiniAsync() => (await _router.PostAsync("v1/route", Body(stream: false))).Json["candidates"]![0]!;
}
