using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Answers that are almost the JSON which was asked for: repaired where the caller's plugin or a cascade's check asks for it, through every door, and left alone everywhere else.</summary>
public sealed class ResponseHealingTests : IAsyncLifetime
{
    private const string Broken = "Here you are:\n```json\n{'name': 'Ann', \"age\": 3,}\n```";
    private const string Healed = """{"name":"Ann","age":3}""";
    private const string Schema = """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""";
    private const string Plugin = """[{"id":"response-healing"}]""";

    private static readonly (string, string) Asked = ("x-router-metadata", "enabled");

    private FakeUpstream _vendor = null!;
    private FakeUpstream _strong = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_vendor, _strong) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _vendor.Default(Reply.Text(Broken).Usage(100, 20));
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("vendor", _vendor.OpenAiAddress, "openai", """{ "responses": true }""")
            .Provider("anthropic", _vendor.OpenAiAddress, "anthropic")
            .Provider("strong", _strong.OpenAiAddress)
            .Model("chat", ["vendor"])
            .Model("codex", ["vendor"], """{ "deployments": [{ "provider": "vendor", "name": "codex", "responses": true }] }""")
            .Model("claude", ["anthropic"], """{ "capabilities": ["tools", "json_schema", "json_object"], "deployments": [{ "provider": "anthropic", "name": "claude-sonnet-4-5" }] }""")
            .Model("strong", ["strong"])
            .Route("steps", ["chat", "strong"], """{ "cascade": { "steps": ["chat", "strong"] } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
        await _strong.DisposeAsync();
    }

    [Theory, InlineData("chat"), InlineData("codex"), InlineData("claude")]
    public async Task Chat_PluginAsks_TheAnswerIsHealedAndToldAndThePluginGoesNowhere(string model)
    {
        var answer = await _router.ChatAsync(Request(model, Plugin), Asked);

        Assert.Equal(Healed, answer.Text);
        Assert.True((bool?)answer.Metadata!["healed"]);
        Assert.Null(answer.Metadata["adjusted"]?.AsArray().FirstOrDefault(static one => (string?)one!["param"] == "plugins"));
        Assert.True(answer.CostUsd > 0);
        Assert.False(_vendor.Books.Requests[^1].Json!.ContainsKey("plugins"));
    }

    [Theory]
    [InlineData("chat"), InlineData("codex"), InlineData("claude")]
    public async Task Responses_PluginAsks_TheAnswerIsHealed(string model)
    {
        var answer = await _router.PostAsync("v1/responses", Encoding.UTF8.GetBytes(
            $$$$$"""{"model":"{{{{{model}}}}}","input":"Who?","store":false,"plugins":{{{{{Plugin}}}}},"text":{"format":{"type":"json_schema","name":"person","strict":true,"schema":{{{{{Schema}}}}}}}}"""), Asked);

        var output = answer.Json["output"]!.AsArray().Single(static item => (string?)item!["type"] == "message")!;
        Assert.Equal(Healed, (string?)output["content"]![0]!["text"]);
        Assert.True((bool?)answer.Metadata!["healed"]);
        Assert.False(_vendor.Books.Requests[^1].Json!.ContainsKey("plugins"));
    }

    [Theory]
    [InlineData("chat"), InlineData("codex"), InlineData("claude")]
    public async Task Messages_PluginAsks_TheAnswerIsHealed(string model)
    {
        var answer = await _router.PostAsync("v1/messages", Encoding.UTF8.GetBytes(
            $$$$$"""{"model":"{{{{{model}}}}}","max_tokens":100,"messages":[{"role":"user","content":"Who?"}],"plugins":{{{{{Plugin}}}}},"output_config":{"format":{"type":"json_schema","schema":{{{{{Schema}}}}}}}}"""), Asked);

        Assert.Equal(Healed, (string?)answer.Json["content"]![0]!["text"]);
        Assert.True((bool?)answer.Metadata!["healed"]);
        Assert.False(_vendor.Books.Requests[^1].Json!.ContainsKey("plugins"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"id":"response-healing","enabled":false}]""")]
    [InlineData("""[{"id":"web"}]""")]
    [InlineData("\"response-healing\"")]
    public async Task Chat_NothingAsks_TheAnswerIsTheVendors(string plugins)
    {
        var answer = await _router.ChatAsync(Request("chat", plugins), Asked);

        Assert.Equal(Broken, answer.Text);
        Assert.False(answer.Metadata!.AsObject().ContainsKey("healed"));
    }

    /// <summary>OpenRouter as a vendor has others.</summary>
    [Fact]
    public async Task Chat_OtherPlugins_GoUpAsTheyAre()
    {
        const string Both = """[{"id":"response-healing"},{"id":"web","max_results":1}]""";

        Assert.Equal(Healed, (await _router.ChatAsync(Request("chat", Both))).Text);
        Assert.Equal(Both, _vendor.Books.Requests[^1].Json!["plugins"]!.ToJsonString());
    }

    [Fact]
    public async Task Chat_AnswerThatCannotBeHealed_IsTheVendorsAndTold()
    {
        _vendor.Next(Reply.Text("{'name': 'Ann'}"));

        var answer = await _router.ChatAsync(Request("chat", Plugin), Asked);

        Assert.Equal("{'name': 'Ann'}", answer.Text);
        Assert.False((bool?)answer.Metadata!["healed"]);
    }

    [Fact]
    public async Task Chat_StreamWithThePlugin_PassesAsItComesAndIsTold()
    {
        var answer = await _router.ChatAsync(Request("chat", Plugin, isStream: true), Asked);

        Assert.Equal(Broken, answer.Text);
        Assert.False((bool?)answer.Metadata!["healed"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CascadesCheapAnswerCanBeHealed_TheStrongModelIsNotAsked(bool stream)
    {
        var answer = await _router.ChatAsync(Request("steps", null, stream), Asked);

        Assert.Equal(Healed, answer.Text);
        Assert.True((bool?)answer.Metadata!["healed"]);
        Assert.Equal("accepted", (string?)answer.Metadata["cascade"]!["answer"]);
        Assert.True(answer.IsWhole || !stream);
        Assert.Empty(_strong.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CascadesCheapAnswerCannotBeHealed_TheStrongModelIsAsked(bool stream)
    {
        _vendor.Next(Reply.Text("{'name': 'Ann'}"));
        _strong.Next(Reply.Text(Healed));

        var answer = await _router.ChatAsync(Request("steps", null, stream), Asked);

        Assert.Equal(Healed, answer.Text);
        Assert.False(answer.Metadata!.AsObject().ContainsKey("healed"));
        Assert.Single(_strong.Books.Requests);
    }

    private static byte[] Request(string model, string? plugins, bool isStream = false)
    {
        var body = ChatBodies.WithSchema(model: model);
        if (plugins is not null)
            body = ChatBodies.With(body, "plugins", plugins);
        return isStream ? ChatBodies.With(body, "stream", "true") : body;
    }
}
