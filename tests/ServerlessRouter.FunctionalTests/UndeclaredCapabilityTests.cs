using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What a model's <c>capabilities</c> do not name: what only tunes an answer is left out and told, what decides its form goes to another model, or is refused with the reason.</summary>
public sealed class UndeclaredCapabilityTests : IAsyncLifetime
{
    private static readonly (string, string) Asked = ("x-router-metadata", "enabled");

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello."));
    }

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("reasoning_effort", "\"high\"", false)]
    [InlineData("reasoning_effort", "\"high\"", true)]
    [InlineData("reasoning", "{\"effort\":\"low\"}", false)]
    [InlineData("logprobs", "true", false)]
    [InlineData("logprobs", "true", true)]
    [InlineData("top_logprobs", "3", false)]
    public async Task Chat_ParameterOnlyTunes_IsLeftOutForAModelThatLacksItAndTold(string name, string value, bool stream)
    {
        await using var router = await StartAsync();

        var answer = await router.ChatAsync(ChatBodies.With(ChatBodies.For(stream), name, value), Asked);

        Assert.Equal(200, (int)answer.Status);
        var sent = (await _upstream.WaitForRequestAsync()).Json!;
        Assert.Equal("plain-at-plain-vendor", (string?)sent["model"]);
        Assert.False(sent.AsObject().ContainsKey(name));
        var told = Assert.Single(answer.Metadata!["adjusted"]!.AsArray())!;
        Assert.Equal((name, null), ((string?)told["param"], told["to"]));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ParameterTunesWhatTheModelCan_GoesUp(bool stream)
    {
        await using var router = await StartAsync();

        await router.ChatAsync(ChatBodies.With(ChatBodies.For(stream, model: "able"), "reasoning_effort", "\"high\""));

        Assert.Equal("high", (string?)(await _upstream.WaitForRequestAsync()).Json!["reasoning_effort"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ParametersAreRequired_GoesToTheModelThatHonoursThem(bool stream)
    {
        await using var router = await StartAsync();
        var body = ChatBodies.With(ChatBodies.With(ChatBodies.For(stream), "reasoning_effort", "\"high\""), "provider", "{\"require_parameters\":true}");

        Assert.Equal("able", (await router.ChatAsync(body)).Header("x-router-model"));
    }

    [Theory]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}}]""", "tools")]
    [InlineData("response_format", """{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}}""", "json_schema")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]""", "vision")]
    public async Task Chat_FormIsUndeclared_GoesToAnotherModelOrSaysWhichMemberToAdd(string name, string value, string capability)
    {
        await using var router = await StartAsync();
        var body = ChatBodies.With(ChatBodies.Plain(), name, value);

        var answer = await router.ChatAsync(body);
        var refused = await router.ChatAsync(ChatBodies.With(body, "model", "\"plain\""));

        Assert.Equal("able", answer.Header("x-router-model"));
        Assert.InRange((int)refused.Status, 400, 499);
        Assert.Contains($"models.plain.capabilities: add \"{capability}\"", refused.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_SeveralChoicesOfAVendorThatGivesOne_GoesToAnother()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("claude", _upstream.BaseAddress, "anthropic").Model("one", ["claude"])
            .Upstream("many", _upstream)
            .Route("auto", ["one", "many"]));

        Assert.Equal("many", (await router.ChatAsync(ChatBodies.With(ChatBodies.Plain(), "n", "2"))).Header("x-router-model"));
    }

    private Task<RunningRouter> StartAsync() => RunningRouter.StartAsync(new RouterFile()
        .Upstream("plain", _upstream, """{ "capabilities": [] }""")
        .Upstream("able", _upstream)
        .Route("auto", ["plain", "able"]));
}
