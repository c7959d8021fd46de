using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Requests for responses that pass as they came: the router keeps the answers, the vendor keeps none.</summary>
public sealed class VendorKeepsNothingTests(CodexWorld world) : IClassFixture<CodexWorld>
{
    private const string Sealed = """
        {"id":"resp_0123456789abcdef0123456789abcdef","object":"response","status":"completed","store":false,"model":"gpt-codex","output":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sealed"},{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Yes."}]}],"usage":{"input_tokens":3,"output_tokens":2}}
        """;

    [Theory]
    [InlineData("""{"model":"codex","input":"Hi"}""", """{"model":"gpt-codex","input":"Hi","store":false,"include":["reasoning.encrypted_content"]}""")]
    [InlineData("""{ "model": "codex",  "input": "Hi", "store": false }""", """{ "model": "gpt-codex",  "input": "Hi", "store": false }""")]
    [InlineData("""{"model":"codex","input":"Hi","store":false,"include":["x"]}""", """{"model":"gpt-codex","input":"Hi","store":false,"include":["x"]}""")]
    [InlineData("""{"model":"codex","store":null,"include":null,"input":"Hi"}""", """{"model":"gpt-codex","store":false,"include":["reasoning.encrypted_content"],"input":"Hi"}""")]
    [InlineData("""{"model":"codex","include":["a.b"],"input":"Hi"}""", """{"model":"gpt-codex","include":["reasoning.encrypted_content","a.b"],"input":"Hi","store":false}""")]
    [InlineData("""{"model":"codex","include":["reasoning.encrypted_content"],"input":"Hi"}""", """{"model":"gpt-codex","include":["reasoning.encrypted_content"],"input":"Hi","store":false}""")]
    [InlineData("""{"model":"codex","include":[],"input":"Hi"}""", """{"model":"gpt-codex","include":[],"input":"Hi","store":false}""")]
    [InlineData("""{"model":"codex","store":true,"input":[{"role":"user","content":"Hi"}]}""", """{"model":"gpt-codex","store":false,"input":[{"role":"user","content":"Hi"}],"include":["reasoning.encrypted_content"]}""")]
    [InlineData("""{"model":"thoughtless","input":"Hi"}""", """{"model":"gpt-plain","input":"Hi","store":false}""")]
    public async Task Post_WhatTheRouterKeepsItself_IsNotKeptByTheVendor(string body, string sent)
    {
        world.Vendor.Next(Reply.Body(Sealed.Replace("resp_0", "resp_1", StringComparison.Ordinal), "application/json"));
        var answer = await world.Router.PostAsync("v1/responses", Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(sent, Encoding.UTF8.GetString(world.Vendor.Books.Requests[^1].Body));
    }

    [Fact]
    public async Task Post_Stored_IsKeptByTheRouterAloneAndItsThinkingGoesOn()
    {
        world.Vendor.Next(Reply.Body(Sealed, "application/json"));
        var answer = await world.Router.PostAsync("v1/responses", """{"model":"codex","input":"Hi","store":true}"""u8.ToArray());
        var id = (string)answer.Json["id"]!;
        await world.Router.PostAsync("v1/responses", Encoding.UTF8.GetBytes($$"""{"model":"codex","input":"Go on.","previous_response_id":"{{id}}"}"""));
        var kept = await world.Router.GetAsync($"v1/responses/{id}");

        Assert.True((bool)answer.Json["store"]!);
        Assert.Equal(Sealed.Trim().Replace("\"store\":false", "\"store\":true", StringComparison.Ordinal), Encoding.UTF8.GetString(answer.Body).Trim());
        Assert.True(JsonNode.DeepEquals(answer.Json, kept.Json));
        var sent = world.Vendor.Books.Requests[^1].Json!;
        Assert.False((bool)sent["store"]!);
        Assert.Equal("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sealed"}""", sent["input"]![1]!.ToJsonString());
        Assert.Null(sent["previous_response_id"]);
    }

    [Fact]
    public async Task Post_StoredStream_EveryResponseInItSaysSo()
    {
        var answer = await world.Router.PostAsync("v1/responses", """{"model":"codex","input":"Hi","store":true,"stream":true}"""u8.ToArray());

        var told = answer.Chunks.Where(static chunk => chunk["response"] is not null).Select(static chunk => (bool)chunk["response"]!["store"]!).ToList();
        Assert.Equal([true, true, true], told);
        Assert.Equal(HttpStatusCode.OK, (await world.Router.GetAsync($"v1/responses/{(string)answer.Chunks.Last()["response"]!["id"]!}")).Status);
    }

    [Fact]
    public async Task Post_ReasoningThatTheVendorCannotTakeBack_IsLeftOut()
    {
        const string Body = """
            {"model":"codex","store":false,"tools":[{"type":"web_search"}],"input":[{"role":"user","content":"a"},
             {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":null},
             {"type":"reasoning","id":"rs_3","summary":[],"encrypted_content":"router:text:anthropic-claude-v1:signed"},
             {"type":"reasoning","id":"rs_4","summary":[],"encrypted_content":"sealed"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}
            """;

        var answer = await world.Router.PostAsync("v1/responses", Encoding.UTF8.GetBytes(Body), ("x-router-metadata", "enabled"));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.Equal(["user", "rs_4", "assistant", "user"], world.Vendor.Books.Requests[^1].Json!["input"]!.AsArray().Select(static item => (string?)item!["role"] ?? (string)item["id"]!));
        Assert.Equal("""["reasoning"]""", answer.Json["router_metadata"]!["stripped"]!.ToJsonString());
    }
}
