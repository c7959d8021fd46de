using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A small model is asked what an unclear request is; whatever it does, the caller gets an answer.</summary>
public sealed class SecondOpinionTests : IAsyncLifetime
{
    private const string Unclear = "qwzx blorf";

    private FakeUpstream _judge = null!;
    private FakeUpstream _plain = null!;
    private FakeUpstream _coder = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_judge, _plain, _coder) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("judge", _judge).Upstream("plain", _plain).Upstream("coder", _coder)
            .Route("auto", ["plain", "coder"], """
                { "rules": [{ "when": { "task": "code" }, "use": ["coder"] }], "secondOpinion": { "model": "judge", "belowConfidence": 0.5, "timeoutSeconds": 5 } }
                """));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _judge.DisposeAsync();
        await _plain.DisposeAsync();
        await _coder.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ClassifierIsUnsure_TheOpinionDecidesAndIsPaidFor(bool stream)
    {
        _judge.Next(Reply.Text("""{"task":"code","difficulty":0.8}"""));

        var answer = await _router.ChatAsync(WithUsage(stream), ("x-router-metadata", "enabled"));

        Assert.Equal("coder-at-coder-vendor", answer.Model);
        Assert.Equal("judge: code", (string?)answer.Metadata!["profile"]!["second_opinion"]);
        var asked = Assert.Single(answer.Metadata["side_calls"]!.AsArray())!;
        Assert.Equal("second_opinion", (string?)asked["purpose"]);
        Assert.True((decimal)asked["cost_usd"]! > 0);
        Assert.Equal(await _judge.BilledUsdAsync() + await _coder.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(1, answer.Attempts);
    }

    [Theory, InlineData("text/event-stream"), InlineData("application/json")]
    public async Task Chat_OpinionComesAsAStream_IsReadAndPaidFor(string mediaType)
    {
        const string Opinion = """
            data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"{\"task\":\"code\","},"finish_reason":null}]}

            data: {"id":"c","choices":[{"index":0,"delta":{"content":"\"difficulty\":0.8}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}

            data: [DONE]


            """;
        _judge.Next(Reply.Body(Opinion, mediaType));

        var answer = await _router.ChatAsync(WithUsage(stream: false), ("x-router-metadata", "enabled"));

        Assert.Equal("judge: code", (string?)answer.Metadata!["profile"]!["second_opinion"]);
        Assert.Equal((100m + 40m) / 1_000_000m, (decimal)answer.Metadata["side_calls"]![0]!["cost_usd"]!);
    }

    [Fact]
    public async Task Chat_Question_HasTheTextAsDataAndAStrictSchema()
    {
        _judge.Next(Reply.Text("""{"task":"chat","difficulty":0}"""));

        await _router.ChatAsync(ChatBodies.Plain(Unclear, "auto"));

        var question = Assert.Single(_judge.Books.Requests).Json!;
        Assert.Equal($"<request>\n{Unclear}\n</request>", (string?)question["messages"]![1]!["content"]);
        Assert.True((bool)question["response_format"]!["json_schema"]!["strict"]!);
        Assert.Equal("judge-at-judge-vendor", (string?)question["model"]);
    }

    [Theory]
    [InlineData("""{"task":"poetry","difficulty":0.8}""")]
    [InlineData("""{"task":"code","difficulty":7}""")]
    [InlineData("""{"task":"code","difficulty":0.8,"also":1}""")]
    [InlineData("""{"task":"code","task":"code"}""")]
    [InlineData("It is code.")]
    [InlineData("")]
    public async Task Chat_OpinionOutOfForm_TheClassifiersFindingStands(string opinion)
    {
        _judge.Next(Reply.Text(opinion));

        var answer = await _router.ChatAsync(WithUsage(false), ("x-router-metadata", "enabled"));

        Assert.Equal("plain-at-plain-vendor", answer.Model);
        Assert.StartsWith("judge gave none", (string?)answer.Metadata!["profile"]!["second_opinion"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_OpinionFails_TheClassifiersFindingStands()
    {
        _judge.Next(Reply.Status(500));

        var answer = await _router.ChatAsync(WithUsage(false));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("plain-at-plain-vendor", answer.Model);
        Assert.Single(_judge.Books.Requests);
    }

    [Fact]
    public async Task Chat_ClassifierIsSure_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain("Write a Python function that merges two sorted linked lists and explain its complexity.", "auto"));

        Assert.Equal("coder-at-coder-vendor", answer.Model);
        Assert.Empty(_judge.Books.Requests);
    }

    [Fact]
    public async Task Chat_CallerShutsTheJudgesProviderOut_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.Plain(Unclear, "auto"), "provider", """{"ignore":["judge-vendor"]}"""));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(_judge.Books.Requests);
    }

    [Fact]
    public async Task Chat_CallersDeadlineIsTooShort_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain(Unclear, "auto"), ("x-litellm-timeout", "9"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(_judge.Books.Requests);
    }

    [Fact]
    public async Task Route_ClassifierIsUnsure_SaysWhichModelWouldBeAskedAndAsksNone()
    {
        var answer = await _router.PostAsync("v1/route", ChatBodies.Plain(Unclear, "auto"));

        Assert.Equal("judge would be asked", (string?)answer.Json["profile"]!["second_opinion"]);
        Assert.Empty(_judge.Books.Requests);
    }

    private static byte[] WithUsage(bool stream) =>
        stream ? ChatBodies.With(ChatBodies.Streamed(Unclear, "auto"), "stream_options", """{"include_usage":true}""") : ChatBodies.Plain(Unclear, "auto");
}
