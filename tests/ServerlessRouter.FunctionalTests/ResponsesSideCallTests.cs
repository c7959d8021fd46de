using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What the router asks beside a request, it asks of models too that answer at OpenAI's Responses API alone.</summary>
public sealed class ResponsesSideCallTests : IAsyncLifetime
{
    private FakeUpstream _judge = null!;
    private FakeUpstream _cheap = null!;
    private FakeUpstream _strong = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_judge, _cheap, _strong) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("cheap", _cheap, """{ "quality": { "default": 0.5 } }""").Upstream("strong", _strong, """{ "quality": { "default": 0.9 } }""")
            .Provider("judges", _judge.OpenAiAddress)
            .Model("judge", ["judges"], """{ "capabilities": ["json_schema", "reasoning"], "deployments": [{ "provider": "judges", "name": "gpt-codex", "responses": true }] }""")
            .Route("judged", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "judge": { "model": "judge", "timeoutSeconds": 5 } } }""")
            .Route("unsure", ["cheap", "strong"], """{ "rules": [{ "when": { "task": "code" }, "use": ["strong"] }], "secondOpinion": { "model": "judge", "belowConfidence": 0.5, "timeoutSeconds": 5 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _judge.DisposeAsync();
        await _cheap.DisposeAsync();
        await _strong.DisposeAsync();
    }

    [Theory]
    [InlineData(false, 2, "strong")]
    [InlineData(true, 2, "strong")]
    [InlineData(false, 9, "cheap")]
    [InlineData(true, 9, "cheap")]
    public async Task Chat_JudgeAnswersAtResponsesAlone_ItsVerdictCountsAndIsPaidFor(bool stream, int score, string model)
    {
        _judge.Next(Reply.Text($$"""{"score":{{score}}}"""));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, "What is the capital of France?", model: "judged"), ("x-router-metadata", "enabled"));

        Assert.Equal((HttpStatusCode.OK, model), (answer.Status, answer.Header("x-router-model")));
        var asked = AssertAskedAtResponses();
        Assert.Equal("json_schema", (string?)asked["text"]!["format"]!["type"]);
        Assert.Equal("judge", (string?)Assert.Single(answer.Metadata!["side_calls"]!.AsArray())!["purpose"]);
        Assert.Equal(await _cheap.BilledUsdAsync() + await _judge.BilledUsdAsync() + (model == "strong" ? await _strong.BilledUsdAsync() : 0), answer.CostUsd);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_SecondOpinionOfAModelOfResponsesAlone_DecidesAndIsPaidFor(bool stream)
    {
        _judge.Next(Reply.Text("""{"task":"code","difficulty":0.8}"""));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, "qwzx blorf", model: "unsure"), ("x-router-metadata", "enabled"));

        Assert.Equal((HttpStatusCode.OK, "strong"), (answer.Status, answer.Header("x-router-model")));
        AssertAskedAtResponses();
        Assert.Equal("judge: code", (string?)answer.Metadata!["profile"]!["second_opinion"]);
        Assert.Equal(await _judge.BilledUsdAsync() + await _strong.BilledUsdAsync(), answer.CostUsd);
    }

    private JsonObject AssertAskedAtResponses()
    {
        var asked = Assert.Single(_judge.Books.Requests);
        Assert.Equal(("/v1/responses", false), (asked.Path, (bool)asked.Json!["store"]!));
        return asked.Json;
    }
}
