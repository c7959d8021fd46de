using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Several vendors in trouble at once, and what the next requests make of it.</summary>
public sealed class AllDownTests : IAsyncLifetime
{
    private FakeUpstream _first = null!;
    private FakeUpstream _second = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeUpstream.StartAsync();
        _second = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("first", _first).Upstream("second", _second).Route("auto", ["first", "second"], """{ "limits": { "attempts": 2, "deadlineSeconds": 5 } }""")
            .Upstream("small", _first, """{ "contextWindow": 4000 }""").Upstream("large", _second).Route("growing", ["small", "large"])
            .Route("lenient", ["first", "second"], """{ "onContentFilter": "next" }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AllDown_OneErrorAfterTheAttemptsAllowed(bool stream)
    {
        _first.Default(Reply.Status(503));
        _second.Default(Reply.Status(500));

        var answer = await AskAsync(stream);

        Assert.Equal((502, "upstream_error", 2), ((int)answer.Status, answer.ErrorCode, answer.Attempts));
        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Single(_first.Books.Requests);
        Assert.Single(_second.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AllAtTheirLimit_RetryAfterIsTheShortest(bool stream)
    {
        _first.Default(Reply.RateLimited().RetryAfter(40));
        _second.Default(Reply.RateLimited().RetryAfter(25));

        var answer = await AskAsync(stream);

        Assert.Equal((429, "capacity_exhausted"), ((int)answer.Status, answer.ErrorCode));
        Assert.Equal("capacity_exhausted", (string?)answer.Error!["availability"]!["code"]);
        Assert.InRange(int.Parse(answer.Header("Retry-After")!), 22, 25);
        Assert.InRange(int.Parse(answer.Header("retry-after-ms")!), 22_000, 25_000);
        Assert.Null(answer.Header("x-should-retry"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AllCooling_TheLeastBadIsTriedOnceAndMayWell(bool stream)
    {
        _first.Next(Reply.RateLimited().RetryAfter(60));
        _second.Next(Reply.RateLimited().RetryAfter(30));
        await AskAsync(stream);
        Assert.NotNull(await _router.ObstacleAsync("auto"));

        var answer = await AskAsync(stream);

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal("second", answer.Header("x-router-model"));
        Assert.Single(_first.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_QuotaUsedUp_TheNextRequestsDoNotAskThereAgain(bool stream)
    {
        _first.Default(Reply.QuotaExhausted());

        for (var request = 1; request <= 5; request++)
            Assert.Equal("second", (await AskAsync(stream)).Header("x-router-model"));

        Assert.Single(_first.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_FailoverMidBurst_NoClientNotices(bool stream)
    {
        _first.Default(request => request.Number <= 10 ? Reply.Text("fine") : Reply.Status(503));

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(stream)));

        Assert.All(answers, answer => Assert.True(answer.IsWhole && answer.Error is null, answer.ToString()));
        Assert.Contains(answers, answer => answer.Header("x-router-model") == "first");
        Assert.Contains(answers, answer => answer.Header("x-router-model") == "second");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_PromptTooLongForOneModel_OneWithALargerWindowAnswers(bool stream)
    {
        _first.Default(Reply.ContextLengthExceeded(4000));

        var answer = await AskAsync(stream, "growing");

        Assert.Equal((200, "large"), ((int)answer.Status, answer.Header("x-router-model")));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_PromptKnownToBeTooLong_TheSmallModelIsNotAsked(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, string.Join(' ', Enumerable.Repeat("word", 10_000)), "growing"));

        Assert.Equal((200, "large", 1), ((int)answer.Status, answer.Header("x-router-model"), answer.Attempts));
        Assert.Empty(_first.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ContentFilterAndTheRouteAllowsIt_TheNextModelIsAsked(bool stream)
    {
        _first.Default(Reply.ContentFiltered());

        Assert.Equal("second", (await AskAsync(stream, "lenient")).Header("x-router-model"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_DeadlineOfTheRequestPasses_504AndTheVendorIsNotBlamed(bool stream)
    {
        _first.Default(Reply.Text("late").HangAt(ReplyPoint.BeforeHeaders));
        _second.Default(Reply.Text("late").HangAt(ReplyPoint.BeforeHeaders));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            _router.ChatAsync(ChatBodies.For(stream), ("x-portkey-request-timeout", "300"), ("x-litellm-num-retries", "0"))));

        Assert.All(answers, answer => Assert.Equal((504, "timeout"), ((int)answer.Status, answer.ErrorCode)));
        Assert.Null(await _router.ObstacleAsync("auto"));
        await Eventually.HoldsAsync(() => _first.Books.InFlight == 0, "the vendor to be rid of every call");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ABurstAgainstABrokenVendor_DoesNotMultiply(bool stream)
    {
        _first.Default(Reply.Status(503));
        _second.Default(Reply.Status(503));

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync(stream)));

        Assert.InRange(_first.Books.Requests.Count + _second.Books.Requests.Count, 2, 30 * 2);
    }

    private Task<ClientAnswer> AskAsync(bool stream, string model = "auto") => _router.ChatAsync(ChatBodies.For(stream, model: model));
}
