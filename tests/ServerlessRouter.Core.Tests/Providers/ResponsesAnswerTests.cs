using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using Xunit;
using static ServerlessRouter.Core.Tests.Providers.ResponsesAnswers;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Whole responses: what becomes of each item, what is an answer and what is not.</summary>
public sealed class ResponsesAnswerTests
{
    [Fact]
    public void Read_Message_IsAWholeCompletion()
    {
        var completion = Completion(Response(Message("Hello")));

        Assert.Equal(
            JsonNode.Parse(
                """
                {"id":"resp_1","object":"chat.completion","created":1767225600,"model":"gpt-x","service_tier":"default",
                 "choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop","native_finish_reason":"completed"}],
                 "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
                """)!.ToJsonString(),
            completion.ToJsonString());
    }

    [Fact]
    public void Read_ReasoningAndCalls_AreTheirMembers()
    {
        var message = Completion(Response(
            $$"""{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"One."},{"type":"summary_text","text":"Two."}],"encrypted_content":"sealed"},{{Message("I look.", ",\"phase\":\"commentary\"")}},{{Call("c1", "get", "{\"a\":1}")}},{{Call("c2", "none", "")}},{{Call("c3", "run", "ls", "custom_tool_call", "input")}}"""))
            ["choices"]![0]!["message"]!;

        Assert.Equal("One.\n\nTwo.", (string?)message["reasoning_content"]);
        Assert.Equal(
            """[{"type":"reasoning.summary","summary":"One.","format":"openai-responses-v1","index":0},{"type":"reasoning.summary","summary":"Two.","format":"openai-responses-v1","index":1},{"type":"reasoning.encrypted","data":"sealed","id":"rs_1","format":"openai-responses-v1","index":2}]""",
            message["reasoning_details"]!.ToJsonString());
        Assert.Equal(
            """[{"id":"c1","type":"function","function":{"name":"get","arguments":"{\u0022a\u0022:1}"}},{"id":"c2","type":"function","function":{"name":"none","arguments":"{}"}},{"id":"c3","type":"custom","custom":{"name":"run","input":"ls"}}]""",
            message["tool_calls"]!.ToJsonString());
        Assert.Equal("commentary", (string?)message["provider_specific_fields"]!["phase"]);
    }

    [Fact]
    public void Read_Calls_AreWhyItFinished() => Assert.Equal("tool_calls", (string?)Completion(Response(Call("c1", "get", "{}")))["choices"]![0]!["finish_reason"]);

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("anything", "length")]
    public void Read_Incomplete_SaysWhyAlsoBesideACall(string reason, string expected)
    {
        var completion = Completion(Response(Call("c1", "get", "{\"a"), "incomplete", $$""","incomplete_details":{"reason":"{{reason}}"}"""));

        Assert.Equal(expected, (string?)completion["choices"]![0]!["finish_reason"]);
        Assert.Equal(reason, (string?)completion["choices"]![0]!["native_finish_reason"]);
    }

    [Fact]
    public void Read_IncompleteBeforeAnyText_IsAnAnswerThatGotTooLong()
    {
        var completion = Completion(Response("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sealed"}""", "incomplete", ",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"));

        Assert.Equal("length", (string?)completion["choices"]![0]!["finish_reason"]);
        Assert.Null(completion["choices"]![0]!["message"]!["content"]);
    }

    [Fact]
    public void Read_SeveralMessages_AreOneTextWithShiftedSources()
    {
        var cited = """{"type":"message","content":[{"type":"output_text","text":"News","annotations":[{"type":"url_citation","start_index":0,"end_index":4,"url":"https://x.test","title":"X"},{"type":"file_citation","file_id":"f","filename":"a","index":0}]}]}""";

        var message = Completion(Response($"{Message("Hi")},{cited}"))["choices"]![0]!["message"]!;

        Assert.Equal("Hi\n\nNews", (string?)message["content"]);
        Assert.Equal(
            """[{"type":"url_citation","url_citation":{"start_index":4,"end_index":8,"url":"https://x.test","title":"X"}}]""", message["annotations"]!.ToJsonString());
        Assert.Equal("f", (string?)message["provider_specific_fields"]!["file_annotations"]![0]!["file_id"]);
    }

    [Fact]
    public void Read_Refusal_IsARefusal()
    {
        var message = Completion(Response("""{"type":"message","content":[{"type":"refusal","refusal":"No."}]}"""))["choices"]![0]!["message"]!;

        Assert.Equal((null, "No."), ((string?)message["content"], (string?)message["refusal"]));
    }

    [Fact]
    public void Read_Logprobs_AreTheChoices() => Assert.Equal(
        """{"content":[{"token":"Hi","bytes":[72],"logprob":-0.1,"top_logprobs":[]}],"refusal":null}""",
        Completion(Response("""{"type":"message","content":[{"type":"output_text","text":"Hi","logprobs":[{"token":"Hi","bytes":[72],"logprob":-0.1,"top_logprobs":[]}]}]}"""))["choices"]![0]!["logprobs"]!.ToJsonString());

    [Fact]
    public void Read_ItemsOfTheVendorsOwnTools_PassAsTheyCame() => Assert.Equal(
        """[{"type":"web_search_call","id":"ws_1","status":"completed"}]""",
        Completion(Response($$"""{"type":"web_search_call","id":"ws_1","status":"completed"},{{Message("x")}}"""))["choices"]![0]!["message"]!["provider_specific_fields"]!["output_items"]!.ToJsonString());

    [Fact]
    public void Read_OpenModelsReasoning_IsShown()
    {
        var message = Completion(Response($$"""{"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},{{Message("x")}}"""))["choices"]![0]!["message"]!;

        Assert.Equal("Hm.", (string?)message["reasoning_content"]);
        Assert.Equal("""[{"type":"reasoning.text","text":"Hm.","format":"openai-responses-v1","index":0}]""", message["reasoning_details"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"output_text":"Hello"}""")]
    [InlineData("""{"output":[{"role":"assistant","content":"Hello"}]}""")]
    [InlineData("""{"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"text","text":"Hello"}]}]}}""")]
    [InlineData("\uFEFF{\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hello\"}]}]}")]
    public void Read_ShapesOfGateways_AreAnswers(string body)
    {
        var completion = Completion(body);

        Assert.Equal("Hello", (string?)completion["choices"]![0]!["message"]!["content"]);
        Assert.NotEmpty((string)completion["id"]!);
    }

    [Theory]
    [InlineData("rate_limit_exceeded", FailureKind.RateLimited)]
    [InlineData("server_error", FailureKind.ServerError)]
    [InlineData("server_is_overloaded", FailureKind.Overloaded)]
    [InlineData("insufficient_quota", FailureKind.QuotaExhausted)]
    [InlineData("context_length_exceeded", FailureKind.ContextLengthExceeded)]
    public void Read_Failed_IsTheFailureByTheVendorsWordsAndIsBilled(string code, FailureKind expected)
    {
        var failure = Read(Response("", "failed", $$""","error":{"code":"{{code}}","message":"It did not work."}""").Replace("\"error\":null,", "", StringComparison.Ordinal)).Failure!;

        Assert.Equal(expected, failure.Kind);
        Assert.Equal(Billed, failure.Usage);
    }

    [Theory]
    [InlineData("failed", FailureKind.ServerError)]
    [InlineData("cancelled", FailureKind.CutBeforeCommit)]
    [InlineData("in_progress", FailureKind.CutBeforeCommit)]
    [InlineData("queued", FailureKind.CutBeforeCommit)]
    [InlineData("completed", FailureKind.CutBeforeCommit)]
    public void Read_NoAnswer_IsAFailureThatIsBilled(string status, FailureKind expected)
    {
        var failure = Read(Response("", status)).Failure!;

        Assert.Equal((expected, Billed), (failure.Kind, failure.Usage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("""{"output":{}}""")]
    [InlineData("""{"output":[7,null,"x"]}""")]
    [InlineData("""{"output":[{"type":"message","content":[]}]}""")]
    [InlineData("""{"\ud83d":1,"output":[]}""")]
    public void Read_Nothing_IsCut(string body) => Assert.Equal(FailureKind.CutBeforeCommit, Read(body).Failure!.Kind);

    [Fact]
    public void Read_PassedOn_IsTheVendorsDocument()
    {
        var body = Response(Message("Hello"));

        using var answer = PassOn(body).Answer!;

        Assert.Equal(body, Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Equal((WireSchema.Responses, Served, "stop"), (answer.Schema, answer.Usage, answer.FinishReason));
        Assert.Equal(FailureKind.CutBeforeCommit, PassOn(Response("")).Failure!.Kind);
    }

    [Fact]
    public void Read_CutDocument_IsCutAndBilledWhereItTellsUsage()
    {
        var failure = Read($$"""{"usage":{{Usage}},"output":[{"type":"mess""").Failure!;

        Assert.Equal((FailureKind.CutBeforeCommit, Billed), (failure.Kind, failure.Usage));
    }
}
