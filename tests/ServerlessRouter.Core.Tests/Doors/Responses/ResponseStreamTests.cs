using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Responses.DoorScene;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>Streams as clients of responses read them. <see cref="ResponseEventLog"/> refuses what their accumulators would.</summary>
public sealed class ResponseStreamTests
{
    private const string Call = """{"index":0,"id":"call_a","type":"function","function":{"name":"look","arguments":""}}""";

    [Fact]
    public void Take_Text_TellsEachEventInItsOrder()
    {
        var log = Stream([Delta("""{"role":"assistant","content":""}"""), Text("Hel"), Text("lo"), Delta("{}", "stop"), UsageChunk()]);

        Assert.Equal(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ], log.Types);
        Assert.Equal("Hello", (string)log.Response["output"]![0]!["content"]![0]!["text"]!);
        Assert.Equal((1, 2, 3), ((int)log.Response["usage"]!["input_tokens"]!, (int)log.Response["usage"]!["output_tokens"]!, (int)log.Response["usage"]!["total_tokens"]!));
    }

    [Fact]
    public void Take_OneBatchOfManyEventsAndComments_TellsTheSame()
    {
        var output = new ArrayBufferWriter<byte>();
        using var stream = ResponsesDoor.Instance.OpenStream(Terms());
        stream.Take(Encoding.UTF8.GetBytes($": keep-alive\n\ndata: {Text("a")}\r\n\r\n: PROCESSING\n\ndata:{Text("b")}\n\ndata: {Delta("{}", "stop")}\n\ndata: {UsageChunk()}\n\n"), output);
        stream.End(output);

        Assert.Equal("ab", (string)ResponseEventLog.Read(Encoding.UTF8.GetString(output.WrittenSpan)).Response["output"]![0]!["content"]![0]!["text"]!);
    }

    [Fact]
    public void Take_CommentsAlone_SaysNothing()
    {
        var output = new ArrayBufferWriter<byte>();
        using var stream = ResponsesDoor.Instance.OpenStream(Terms());
        stream.Take(": keep-alive\n\n"u8.ToArray(), output);

        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Take_ToolCall_TellsItsArgumentsAndKeepsIdAndName()
    {
        var log = Stream([Delta($$"""{"tool_calls":[{{Call}}]}"""), Arguments(0, "{\"a\""), Arguments(0, ":1}"), Delta("{}", "tool_calls"), UsageChunk()]);

        Assert.Equal(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.delta",
            "response.function_call_arguments.done", "response.output_item.done", "response.completed",
        ], log.Types);
        var item = log.Response["output"]![0]!;
        Assert.Equal(("function_call", "call_a", "look", "{\"a\":1}"), ((string)item["type"]!, (string)item["call_id"]!, (string)item["name"]!, (string)item["arguments"]!));
    }

    [Fact]
    public void Take_CallsThatInterleave_KeepsTheirPiecesApart()
    {
        var log = Stream(
        [
            Text("I look."), Delta($$$"""{"tool_calls":[{{{Call}}},{"index":1,"id":"call_b","type":"function","function":{"name":"find","arguments":"{"}}]}"""),
            Arguments(0, "{\"a\""), Arguments(1, "\"b\""), Arguments(0, ":1}"), Arguments(1, ":2}"), Delta("{}", "tool_calls"),
        ]);

        Assert.Equal(["message", "function_call", "function_call"], log.Response["output"]!.AsArray().Select(static item => (string)item!["type"]!));
        Assert.Equal(["{\"a\":1}", "{\"b\":2}"], log.Response["output"]!.AsArray().Skip(1).Select(static item => (string)item!["arguments"]!));
    }

    [Fact]
    public void Take_CallWithoutArgumentsOrId_GetsBoth()
    {
        var log = Stream([Delta("""{"tool_calls":[{"index":0,"function":{"name":"now"}}]}""", "tool_calls")]);

        Assert.Equal("{}", (string)log.Response["output"]![0]!["arguments"]!);
        Assert.StartsWith("call_", (string)log.Response["output"]![0]!["call_id"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_NameBehindArguments_TellsTheCallWhenItIsKnown()
    {
        var log = Stream([Delta("""{"tool_calls":[{"index":0,"id":"c1","function":{"arguments":"{"}}]}"""), Delta("""{"tool_calls":[{"index":0,"function":{"name":"now","arguments":"}"}}]}""", "tool_calls")]);

        Assert.Equal("now", (string)log.Of("response.output_item.added")[0]["item"]!["name"]!);
        Assert.Equal("{}", (string)log.Response["output"]![0]!["arguments"]!);
    }

    [Fact]
    public void Take_CustomToolCall_TellsItsInput()
    {
        var log = Stream(
        [
            Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"custom","custom":{"name":"apply_patch","input":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"custom":{"input":"*** Begin\n"}}]}"""), Delta("{}", "tool_calls"),
        ]);

        Assert.Contains("response.custom_tool_call_input.delta", log.Types);
        Assert.Equal(("custom_tool_call", "*** Begin\n"), ((string)log.Response["output"]![0]!["type"]!, (string)log.Response["output"]![0]!["input"]!));
    }

    [Fact]
    public void Take_FunctionCallOfACustomTool_IsACustomToolCall()
    {
        var log = Stream(
            [Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"apply_patch","arguments":"{\"inp"}}]}"""), Arguments(0, "ut\":\"a\\n\\\"b\\\"\"}"), Delta("{}", "tool_calls")],
            """{"tools":[{"type":"custom","name":"apply_patch"}]}""");

        Assert.Equal(("custom_tool_call", "a\n\"b\""), ((string)log.Response["output"]![0]!["type"]!, (string)log.Response["output"]![0]!["input"]!));
    }

    [Fact]
    public void Take_CallOfAToolInANamespace_HasBothNames()
    {
        var log = Stream(
            [Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"team__ask","arguments":"{}"}}]}""", "tool_calls")],
            """{"input":[{"type":"additional_tools","role":"developer","tools":[{"type":"namespace","name":"team","description":"","tools":[{"type":"function","name":"ask"}]}]}]}""");

        Assert.Equal(("team", "ask"), ((string)log.Response["output"]![0]!["namespace"]!, (string)log.Response["output"]![0]!["name"]!));
    }

    [Fact]
    public void Take_Reasoning_ComesFirstAsASummary()
    {
        var log = Stream([Delta("""{"reasoning_content":"I "}"""), Delta("""{"reasoning_content":"think"}"""), Text("so"), Delta("{}", "stop")]);

        Assert.Equal(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done", "response.output_item.added",
            "response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ], log.Types);
        Assert.Equal("I think", (string)log.Response["output"]![0]!["summary"]![0]!["text"]!);
    }

    [Fact]
    public void Take_ReasoningToldInTwoForms_TellsItOnce()
    {
        var log = Stream([Delta("""{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0}]}"""), Text("so"), Delta("{}", "stop")]);

        Assert.Equal("Hm", (string)log.Response["output"]![0]!["summary"]![0]!["text"]!);
    }

    [Fact]
    public void Take_SignedThinking_IsSealedSoThatItCanComeBack()
    {
        var log = Stream(
        [
            Delta("""{"reasoning_content":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0,"format":"anthropic-claude-v1"}]}"""),
            Delta("""{"reasoning_details":[{"type":"reasoning.text","signature":"SIG==","index":0}]}"""),
            Delta("""{"reasoning_details":[{"type":"reasoning.encrypted","data":"XX","index":1,"format":"anthropic-claude-v1"}]}"""), Text("so"), Delta("{}", "stop"),
        ]);

        var output = log.Response["output"]!.AsArray();
        Assert.Equal(["reasoning", "reasoning", "message"], output.Select(static item => (string)item!["type"]!));
        Same("""
            {"role":"assistant","content":"so","reasoning_details":[
              {"type":"reasoning.text","text":"Hm","signature":"SIG==","format":"anthropic-claude-v1","index":0},
              {"type":"reasoning.encrypted","data":"XX","format":"anthropic-claude-v1","index":1}]}
            """, MessagesOf(string.Join(',', output.Select(static item => item!.ToJsonString())) + """,{"role":"user","content":"go"}""")[0]);
    }

    [Fact]
    public void Take_OpenAIsEncryptedReasoning_PassesAsItIs()
    {
        var log = Stream([Delta("""{"reasoning_details":[{"type":"reasoning.summary","summary":"Hm","format":"openai-responses-v1"},{"type":"reasoning.encrypted","data":"gAAA","id":"rs_1","format":"openai-responses-v1"}]}"""), Text("so"), Delta("{}", "stop")]);

        Assert.Equal("gAAA", (string)log.Of("response.output_item.done")[0]["item"]!["encrypted_content"]!);
    }

    [Fact]
    public void Take_TextBehindACall_IsAMessageOfItsOwn()
    {
        var log = Stream([Delta($$"""{"tool_calls":[{{Call}}]}"""), Text("done"), Arguments(0, "{}"), Delta("{}", "stop")]);

        Assert.Equal(["function_call", "message"], log.Response["output"]!.AsArray().Select(static item => (string)item!["type"]!));
    }

    [Fact]
    public void Take_Refusal_IsAPartOfTheMessage()
    {
        var log = Stream([Delta("""{"refusal":"I "}"""), Delta("""{"refusal":"won't"}"""), Delta("{}", "stop")]);

        Assert.Contains("response.refusal.done", log.Types);
        Same("""[{"type":"refusal","refusal":"I won't"}]""", log.Response["output"]![0]!["content"]);
    }

    [Fact]
    public void Take_Annotations_AreFlat()
    {
        var log = Stream([Text("See"), Delta("""{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a.b","title":"A","start_index":0,"end_index":3}}]}"""), Delta("{}", "stop")]);

        Same("""[{"type":"url_citation","url":"https://a.b","title":"A","start_index":0,"end_index":3}]""", log.Response["output"]![0]!["content"]![0]!["annotations"]);
    }

    [Fact]
    public void Take_Logprobs_StandInTheDeltasAndThePart()
    {
        var log = Stream(["""{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]},"finish_reason":null}]}""", Delta("{}", "stop")]);

        Assert.Equal("a", (string)log.Of("response.output_text.delta")[0]["logprobs"]![0]!["token"]!);
    }

    [Theory]
    [InlineData("length", "max_output_tokens")]
    [InlineData("content_filter", "content_filter")]
    public void Take_AnswerThatWasCut_IsIncompleteAndSaysWhy(string reason, string expected)
    {
        var log = Stream([Text("Hel"), Delta("{}", reason), UsageChunk()]);

        Assert.Equal("response.incomplete", log.Types[^1]);
        Assert.Equal(expected, (string)log.Response["incomplete_details"]!["reason"]!);
        Assert.Equal("incomplete", (string)log.Response["output"]![0]!["status"]!);
    }

    [Fact]
    public void End_WithoutAFinishReason_ClosesEveryItem()
    {
        var log = Stream([Text("Hel"), Delta($$"""{"tool_calls":[{{Call}}]}""")]);

        Assert.Equal("response.completed", log.Types[^1]);
        Assert.Equal(2, log.Of("response.output_item.done").Count);
    }

    [Fact]
    public void Take_ErrorMidway_FailsWithWhatCameAndEnds()
    {
        var log = Stream(
            [Text("Hel"), """{"id":"r","choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"message":"The model \"m\" failed.","type":"server_error","param":null,"code":"upstream_error"}}""", Text("lost")]);

        Assert.Equal("response.failed", log.Types[^1]);
        Same("""{"code":"server_error","message":"The model \"m\" failed."}""", log.Response["error"]);
        Assert.Equal(("Hel", "incomplete"), ((string)log.Response["output"]![0]!["content"]![0]!["text"]!, (string)log.Response["output"]![0]!["status"]!));
    }

    [Fact]
    public void Take_ErrorFirst_CreatesTheResponseAndFailsIt()
    {
        var log = Stream(["""{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}"""]);

        Assert.Equal(["response.created", "response.in_progress", "response.failed"], log.Types);
        Assert.Equal("rate_limit_exceeded", (string)log.Response["error"]!["code"]!);
    }

    [Fact]
    public void WriteErrorEvents_CreatesTheResponseAndFailsIt()
    {
        var output = new ArrayBufferWriter<byte>();
        ResponsesDoor.Instance.WriteErrorEvents(new RouterError(RouterErrorCode.ContextLengthExceeded, "Too long."), "req_1", output);

        Assert.Equal("context_length_exceeded", (string)ResponseEventLog.Read(Encoding.UTF8.GetString(output.WrittenSpan)).Response["error"]!["code"]!);
    }

    [Fact]
    public void WriteError_BehindAVendorsOwnEvents_FailsItsResponseAndCountsOn()
    {
        const string Passed = """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_v","status":"in_progress","error":null,"model":"m","output":[]}}

            event: response.in_progress
            data: {"type":"response.in_progress","sequence_number": 1,"response":{"id":"resp_v","status":"in_progress","output":[]},"hint":"\"sequence_number\":9"}


            """;
        var passed = ResponsesDoor.Instance.WatchPassed();
        var output = new ArrayBufferWriter<byte>();
        passed.Take(Encoding.UTF8.GetBytes(Passed));
        passed.WriteError(new RouterError(RouterErrorCode.UpstreamError, "Broke off."), "req_1", output);

        var log = ResponseEventLog.Read(Passed + Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal(["response.created", "response.in_progress", "response.failed"], log.Types);
        Same("""{"id":"resp_v","model":"m","output":[],"status":"failed","error":{"code":"server_error","message":"Broke off."}}""", log.Response);
    }

    [Fact]
    public void WriteError_BehindEventsThatNameNoResponse_CreatesOneAndFailsIt()
    {
        var output = new ArrayBufferWriter<byte>();
        ResponsesDoor.Instance.WatchPassed().WriteError(new RouterError(RouterErrorCode.UpstreamError, "Broke off."), "req_1", output);

        Assert.Equal("response.failed", ResponseEventLog.Read(Encoding.UTF8.GetString(output.WrittenSpan)).Types[^1]);
    }

    [Fact]
    public void Take_HalvesOfACharacter_MeetInTheWhole()
    {
        var output = new ArrayBufferWriter<byte>();
        using var stream = ResponsesDoor.Instance.OpenStream(Terms());
        stream.Take(Encoding.UTF8.GetBytes($$"""data: {{Delta("""{"content":"\ud83d"}""")}}{{"\n\n"}}data: {{Delta("""{"content":"\ude00"}""", "stop")}}{{"\n\n"}}"""), output);

        Assert.Contains("\"text\":\"\\ud83d\\ude00\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_OtherChoices_AreLeftOut()
    {
        var log = Stream(["""{"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"a"}}]}""", Delta("{}", "stop")]);

        Assert.Equal("a", (string)log.Response["output"]![0]!["content"]![0]!["text"]!);
    }

    [Fact]
    public void Take_UsageAndMetadata_StandInTheLastEvent()
    {
        var log = Stream([Text("a"), Delta("{}", "stop"), """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"cost":0.5},"router_metadata":{"route":"auto"}}"""]);

        Same("""{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":12,"cost":0.5}""", log.Response["usage"]);
        Same("""{"route":"auto"}""", log.Response["router_metadata"]);
    }

    [Fact]
    public void Take_WhatIsNoChunk_IsPassedOver()
    {
        var log = Stream([Text("a"), "null", "[1]", "{", """{"choices":"x"}""", """{"choices":[{"delta":null}]}""", """{"choices":[{"delta":{"content":null,"tool_calls":{},"reasoning_details":7,"annotations":"x"}}]}""", Text("b")]);

        Assert.Equal("ab", (string)log.Response["output"]![0]!["content"]![0]!["text"]!);
    }

    private static string Arguments(int index, string piece) =>
        Delta(new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } }) }.ToJsonString());
}
