using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Small things of the doors that clients notice: a filled cache, usage that was cut off, a custom tool at a vendor without such, what a strict vendor does not get.</summary>
public sealed class DoorDetailTests : IAsyncLifetime
{
    private static readonly (string, string) Asked = ("x-router-metadata", "enabled");

    private FakeUpstream _vendor = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("openai", _vendor.OpenAiAddress, "openai")
            .Provider("anthropic", _vendor.OpenAiAddress, "anthropic")
            .Model("chat", ["openai"], """{ "capabilities": ["tools", "reasoning"] }""")
            .Model("claude", ["anthropic"], """{ "capabilities": ["tools", "reasoning"], "deployments": [{ "provider": "anthropic", "name": "claude-sonnet-4-5" }] }""")
            .Route("both", ["chat", "claude"], """{ "objective": { "prefer": "order" } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    /// <summary>Anthropic: "Set to 0 to populate the prompt cache without generating a response" (stdapi-ai/stdapi.ai#266 refused it).</summary>
    [Theory]
    [InlineData("claude")]
    [InlineData("both")]
    public async Task Messages_LimitOfZero_GoesToAnthropicAlone(string model)
    {
        _vendor.Default(Reply.Body("""{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[],"stop_reason":"max_tokens","stop_sequence":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":2000,"output_tokens":0}}""", "application/json"));

        var answer = await MessagesAsync(model, "\"max_tokens\":0");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("/v1/messages", _vendor.Books.Requests[^1].Path);
        Assert.Equal(0, (int)_vendor.Books.Requests[^1].Json!["max_tokens"]!);
        Assert.Empty(answer.Json["content"]!.AsArray());
        Assert.Equal(2000, (int)answer.Json["usage"]!["cache_creation_input_tokens"]!);
    }

    [Fact]
    public async Task Messages_LimitOfZeroForAnotherVendor_IsRefusedByName()
    {
        var answer = await MessagesAsync("chat", "\"max_tokens\":0");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("max_tokens", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_vendor.Books.Requests);
    }

    /// <summary>Anthropic's clients read the usage of every message.</summary>
    [Theory]
    [InlineData("""{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"Hello there."}],"stop_reason":"end_turn","stop_sequence":null""")]
    [InlineData("""{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"Hello there."}],"stop_reason":"end_turn","stop_sequence":null,"us""")]
    public async Task Messages_PassedAnswerIsCutBeforeItsUsage_TheRoutersCountStandsThere(string body)
    {
        _vendor.Default(Reply.Body(body, "application/json"));

        var answer = await MessagesAsync("claude", "\"max_tokens\":10");

        Assert.True((int)answer.Json["usage"]!["input_tokens"]! > 0, answer.ToString());
        Assert.True((int)answer.Json["usage"]!["output_tokens"]! > 0, answer.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Responses_CustomToolAtAnthropic_IsCalledAsTheCallerDeclaredIt(bool stream)
    {
        _vendor.Default(Reply.Call("apply_patch", """{"input":"*** Begin Patch\n\"x\""}"""));

        var answer = await _router.PostAsync("v1/responses", Encoding.UTF8.GetBytes(
            $$$"""{"model":"claude","input":"Fix it.","store":false,"stream":{{{(stream ? "true" : "false")}}},"tools":[{"type":"custom","name":"apply_patch","description":"Edits files.","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}]}"""));

        var item = stream
            ? answer.Chunks.Last(static chunk => (string?)chunk["type"] == "response.output_item.done")["item"]!
            : answer.Json["output"]!.AsArray().Single(static one => (string?)one!["type"] == "custom_tool_call")!;
        Assert.Equal("custom_tool_call", (string?)item["type"]);
        Assert.Equal("apply_patch", (string?)item["name"]);
        Assert.Equal("*** Begin Patch\n\"x\"", (string?)item["input"]);
        Assert.Equal("string", (string?)_vendor.Books.Requests[^1].Json!["tools"]![0]!["input_schema"]!["properties"]!["input"]!["type"]);
    }

    [Fact]
    public async Task Messages_ToAStrictVendor_WhatItDoesNotGetIsTold()
    {
        _vendor.Default(Reply.Text("Hello."));

        var answer = await _router.PostAsync("v1/messages", """
            {"model":"chat","max_tokens":10,"cache_control":{"type":"ephemeral"},"context_management":{"edits":[]},"thinking":{"type":"enabled","budget_tokens":2000},
             "metadata":{"user_id":"user_0123456789_account_0123456789_session_0123456789_0123456789_0123456789"},
             "messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"y"}]},{"role":"user","content":"z"}]}
            """u8.ToArray(), Asked);

        var told = answer.Metadata!["adjusted"]!.AsArray().Select(static one => (string?)one!["param"]).ToList();
        Assert.Contains("context_management", told);
        Assert.Contains("cache_control", told);
        Assert.Contains("user", told);
        Assert.DoesNotContain("thinking", told);
        Assert.Contains("reasoning", answer.Metadata["stripped"]!.AsArray().Select(static kind => (string?)kind));
        Assert.False(_vendor.Books.Requests[^1].Json!.ContainsKey("context_management"));
    }

    private Task<ClientAnswer> MessagesAsync(string model, string members) =>
        _router.PostAsync("v1/messages", Encoding.UTF8.GetBytes($$"""{"model":"{{model}}",{{members}},"messages":[{"role":"user","content":"Remember this."}]}"""));
}
