using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Every caller reaches a model that answers at OpenAI's Responses API alone.</summary>
public sealed class CodexRequestTests(CodexWorld world) : IClassFixture<CodexWorld>
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ModelOfResponsesAlone_IsAnsweredThere(bool stream)
    {
        var answer = await world.Router.ChatAsync(ChatBodies.For(stream, "Hello there", CodexWorld.Codex));

        Assert.True(answer.Status == HttpStatusCode.OK && answer.IsWhole, answer.ToString());
        Assert.Equal(("Echo: Hello there", "stop"), (answer.Text, answer.FinishReason));
        var sent = world.Vendor.Books.Requests[^1];
        Assert.Equal(("/v1/responses", "gpt-codex", "false"), (sent.Path, sent.Model, sent.Json!["store"]!.ToJsonString()));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Messages_ModelOfResponsesAlone_IsAnsweredThere(bool stream)
    {
        var body = $$$"""{"model":"codex","max_tokens":100,"stream":{{{(stream ? "true" : "false")}}},"system":"Be brief.","messages":[{"role":"user","content":"Hello there"}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}""";

        var answer = await world.Router.PostAsync("v1/messages", Encoding.UTF8.GetBytes(body), ("anthropic-version", "2023-06-01"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("there", answer.ToString(), StringComparison.Ordinal);
        Assert.Equal("/v1/responses", world.Vendor.Books.Requests[^1].Path);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Responses_ModelOfResponsesAlone_IsPassedOnAsItCame(bool stream)
    {
        var body = $$"""{"model":"codex","input":"Hello there","stream":{{(stream ? "true" : "false")}},"store":false,"tools":[{"type":"web_search"}]}""";

        var answer = await world.Router.PostAsync("v1/responses", Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains(stream ? "response.completed" : "\"object\":\"response\"", answer.ToString(), StringComparison.Ordinal);
        var sent = world.Vendor.Books.Requests[^1];
        Assert.Equal(("/v1/responses", "gpt-codex", "Hello there"), (sent.Path, sent.Model, (string?)sent.Json!["input"]));
        Assert.Equal("""[{"type":"web_search"}]""", sent.Json["tools"]!.ToJsonString());
    }

    [Fact]
    public async Task Responses_ItemOfAVendorsOwnTool_GoesToProvidersThatSpeakResponsesAlone()
    {
        static byte[] Body(string model) =>
            Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","store":false,"input":[{"role":"user","content":"Hello"},{"type":"mcp_call","id":"mcp_1","name":"n","server_label":"s","arguments":"{}"}]}""");

        var passed = await world.Router.PostAsync("v1/responses", Body(CodexWorld.Codex));
        var refused = await world.Router.PostAsync("v1/responses", Body(CodexWorld.Chat));

        Assert.Equal(HttpStatusCode.OK, passed.Status);
        Assert.Equal("mcp_call", (string?)world.Vendor.Books.Requests[^1].Json!["input"]![1]!["type"]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("\"param\":\"input[1].type\"", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_DemandedTool_IsCalledAndItsResultTaken(bool stream)
    {
        var tools = ChatBodies.WithTools(model: CodexWorld.Codex, toolChoice: "required");

        var called = await world.Router.ChatAsync(stream ? ChatBodies.AsStream(tools) : tools);
        var answered = await world.Router.ChatAsync(ChatBodies.WithToolResult(model: CodexWorld.Codex));

        Assert.Equal("tool_calls", called.FinishReason);
        Assert.Equal("stop", answered.FinishReason);
    }

    [Fact]
    public async Task Chat_VendorCannotExpressIt_NamesTheMemberOrAsksAnother()
    {
        var refused = await world.Router.ChatAsync(ChatBodies.With(ChatBodies.Plain(model: CodexWorld.Codex), "stop", "\"END\""));
        var other = await world.Router.ChatAsync(ChatBodies.With(ChatBodies.Plain(model: CodexWorld.Both), "stop", "\"END\""));
        var several = await world.Router.ChatAsync(ChatBodies.With(ChatBodies.Plain(model: CodexWorld.Both), "n", "2"));

        Assert.Equal((HttpStatusCode.BadRequest, "stop"), (refused.Status, (string?)refused.Error!["param"]));
        Assert.Equal(HttpStatusCode.OK, other.Status);
        Assert.Equal(HttpStatusCode.OK, several.Status);
        Assert.Equal(["/v1/chat/completions", "/v1/chat/completions"], world.Vendor.Books.Requests.TakeLast(2).Select(static request => request.Path));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_SomethingIsChanged_TheMetadataTellsIt(bool stream)
    {
        var body = ChatBodies.With(ChatBodies.With(ChatBodies.For(stream, model: CodexWorld.Codex), "seed", "7"), "max_tokens", "3");

        var answer = await world.Router.ChatAsync(body, ("x-router-metadata", "enabled"));

        var adjusted = answer.Metadata!["adjusted"]!.AsArray().Select(static item => $"{item!["param"]} {item["from"]?.ToJsonString()} {item["to"]?.ToJsonString()}");
        Assert.Equal(["max_tokens 3 16", "seed 7 "], adjusted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Chat_ReasoningComesBack_OnlyItsOwnAccountGetsIt()
    {
        world.Vendor.Next(Reply.Body(
            """{"id":"resp_1","object":"response","status":"completed","model":"gpt-codex","output":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sealed"},{"type":"message","content":[{"type":"output_text","text":"Yes."}]}],"usage":{"input_tokens":3,"output_tokens":2}}""",
            "application/json"));
        var first = await world.Router.ChatAsync(ChatBodies.Plain(model: CodexWorld.Codex));
        var message = first.Json["choices"]![0]!["message"]!.DeepClone();

        await world.Router.ChatAsync(Continue(message, CodexWorld.Codex));
        await world.Router.ChatAsync(Continue(message, CodexWorld.Elsewhere));

        Assert.Equal("""{"type":"reasoning","summary":[],"encrypted_content":"sealed"}""", world.Vendor.Books.Requests[^1].Json!["input"]![1]!.ToJsonString());
        Assert.DoesNotContain(world.Other.Books.Requests[^1].Json!["input"]!.AsArray(), static item => (string?)item!["type"] == "reasoning");
    }

    private static byte[] Continue(JsonNode assistant, string model)
    {
        var request = JsonNode.Parse(ChatBodies.Plain(model: model))!;
        request["messages"]!.AsArray().Add(assistant.DeepClone());
        request["messages"]!.AsArray().Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = "Go on." });
        return Encoding.UTF8.GetBytes(request.ToJsonString());
    }
}
