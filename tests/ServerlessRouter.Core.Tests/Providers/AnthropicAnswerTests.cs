using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.Core.Tests.Providers.AnthropicAnswers;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>The table of <c>docs/anthropic.md</c>, "Answers", row by row: what becomes of each member, whole and streamed.</summary>
public sealed class AnthropicAnswerTests
{
    /// <summary>A message's content, and the assistant's message it becomes, whichever way it comes.</summary>
    public static TheoryData<string, string, string> Blocks => new()
    {
        {
            "text blocks are one text",
            """[{"type":"text","text":"Grüße ","citations":null},{"type":"text","text":"<b>😀"}]""",
            """{"role":"assistant","content":"Grüße <b>😀"}"""
        },
        {
            "a signed thinking block",
            """[{"type":"thinking","thinking":"Look.","signature":"c2ln"},{"type":"text","text":"4"}]""",
            """
            {"role":"assistant","content":"4","reasoning_content":"Look.",
             "reasoning_details":[{"type":"reasoning.text","text":"Look.","signature":"c2ln","format":"anthropic-claude-v1","index":0}],
             "thinking_blocks":[{"type":"thinking","thinking":"Look.","signature":"c2ln"}]}
            """
        },
        {
            "a thinking block whose text the vendor keeps",
            """[{"type":"thinking","thinking":"","signature":"c2ln"},{"type":"text","text":"4"}]""",
            """
            {"role":"assistant","content":"4",
             "reasoning_details":[{"type":"reasoning.text","text":"","signature":"c2ln","format":"anthropic-claude-v1","index":0}],
             "thinking_blocks":[{"type":"thinking","thinking":"","signature":"c2ln"}]}
            """
        },
        {
            "a gateway's unsigned thinking block",
            """[{"type":"thinking","thinking":"Look."},{"type":"text","text":"4"}]""",
            """
            {"role":"assistant","content":"4","reasoning_content":"Look.",
             "reasoning_details":[{"type":"reasoning.text","text":"Look.","format":"anthropic-claude-v1","index":0}],
             "thinking_blocks":[{"type":"thinking","thinking":"Look."}]}
            """
        },
        {
            "several thinking blocks, one of them encrypted",
            """
            [{"type":"thinking","thinking":"One.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"thinking","thinking":"Two.","signature":"czI="},
             {"type":"tool_use","id":"toolu_1","name":"look","input":{}}]
            """,
            """
            {"role":"assistant","reasoning_content":"One.Two.",
             "reasoning_details":[{"type":"reasoning.text","text":"One.","signature":"c2ln","format":"anthropic-claude-v1","index":0},
              {"type":"reasoning.encrypted","data":"ZGF0YQ==","format":"anthropic-claude-v1","index":1},
              {"type":"reasoning.text","text":"Two.","signature":"czI=","format":"anthropic-claude-v1","index":2}],
             "thinking_blocks":[{"type":"thinking","thinking":"One.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"thinking","thinking":"Two.","signature":"czI="}],
             "tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"look","arguments":"{}"}}]}
            """
        },
        {
            "tool calls, whatever their input is",
            """
            [{"type":"tool_use","id":"t1","name":"a","input":{"city":"Oslo"}},{"type":"tool_use","id":"t2","name":"b","input":{}},{"type":"tool_use","id":"t3","name":"c"},
             {"type":"tool_use","id":"t4","name":"d","input":null},{"type":"tool_use","id":"t5","name":"e","input":"{\"n\":1}"},{"type":"tool_use","id":"t6","name":"f","input":""},
             {"type":"tool_use","id":"t7","name":"g","input":[1]}]
            """,
            """
            {"role":"assistant","tool_calls":[
             {"id":"t1","type":"function","function":{"name":"a","arguments":"{\"city\":\"Oslo\"}"}},{"id":"t2","type":"function","function":{"name":"b","arguments":"{}"}},
             {"id":"t3","type":"function","function":{"name":"c","arguments":"{}"}},{"id":"t4","type":"function","function":{"name":"d","arguments":"{}"}},
             {"id":"t5","type":"function","function":{"name":"e","arguments":"{\"n\":1}"}},{"id":"t6","type":"function","function":{"name":"f","arguments":"{}"}},
             {"id":"t7","type":"function","function":{"name":"g","arguments":"[1]"}}]}
            """
        },
        {
            "who called a tool",
            """[{"type":"tool_use","id":"t1","name":"a","input":{"n":1},"caller":{"type":"code_execution_20260120","tool_id":"srv"},"toolset_name":null}]""",
            """
            {"role":"assistant","tool_calls":[{"id":"t1","type":"function","function":{"name":"a","arguments":"{\"n\":1}"},
             "provider_specific_fields":{"caller":{"type":"code_execution_20260120","tool_id":"srv"}}}]}
            """
        },
        {
            "the vendor's own tools and their results are no tool calls of the caller's",
            """
            [{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"Oslo"}},
             {"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"web_search_result","url":"https://x.test","title":"X","encrypted_content":"ZQ==","page_age":null}]},
             {"type":"text","text":"Rain."}]
            """,
            """
            {"role":"assistant","content":"Rain.","provider_specific_fields":{"content_blocks":[
             {"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"Oslo"}},
             {"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"web_search_result","url":"https://x.test","title":"X","encrypted_content":"ZQ==","page_age":null}]}]}}
            """
        },
        {
            "code execution, MCP tools, files, compactions and blocks not known yet",
            """
            [{"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{"type":"bash_code_execution_result","stdout":"1","stderr":"","return_code":0,"content":[]}},
             {"type":"mcp_tool_use","id":"m","name":"n","server_name":"s","input":{}},{"type":"mcp_tool_result","tool_use_id":"m","is_error":false,"content":[]},
             {"type":"container_upload","file_id":"f"},{"type":"compaction","content":"So far."},{"type":"hologram","depth":3},{"type":"text","text":"Done."}]
            """,
            """
            {"role":"assistant","content":"Done.","provider_specific_fields":{"content_blocks":[
             {"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{"type":"bash_code_execution_result","stdout":"1","stderr":"","return_code":0,"content":[]}},
             {"type":"mcp_tool_use","id":"m","name":"n","server_name":"s","input":{}},{"type":"mcp_tool_result","tool_use_id":"m","is_error":false,"content":[]},
             {"type":"container_upload","file_id":"f"},{"type":"compaction","content":"So far."},{"type":"hologram","depth":3}]}}
            """
        },
        {
            "citations of pages and of documents",
            """
            [{"type":"text","text":"It is "},
             {"type":"text","text":"wet","citations":[{"type":"web_search_result_location","url":"https://x.test","title":null,"cited_text":"Rain.","encrypted_index":"ZQ=="}]},
             {"type":"text","text":", says","citations":[{"type":"char_location","cited_text":"wet","document_index":0,"document_title":"D","start_char_index":0,"end_char_index":3}]}]
            """,
            """
            {"role":"assistant","content":"It is wet, says",
             "annotations":[{"type":"url_citation","url_citation":{"start_index":6,"end_index":9,"url":"https://x.test","title":"","content":"Rain."}}],
             "provider_specific_fields":{"citations":[
              {"start_index":6,"end_index":9,"citation":{"type":"web_search_result_location","url":"https://x.test","title":null,"cited_text":"Rain.","encrypted_index":"ZQ=="}},
              {"start_index":9,"end_index":15,"citation":{"type":"char_location","cited_text":"wet","document_index":0,"document_title":"D","start_char_index":0,"end_char_index":3}}]}}
            """
        },
        {
            "blocks of gateways without a type",
            """[{"thinking":"Hm.","signature":"s"},{"text":"Yes."},{"id":"t1","name":"a","input":{"n":1}},null]""",
            """
            {"role":"assistant","content":"Yes.","reasoning_content":"Hm.","reasoning_details":[{"type":"reasoning.text","text":"Hm.","signature":"s","format":"anthropic-claude-v1","index":0}],
             "thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"a","arguments":"{\"n\":1}"}}]}
            """
        },
    };

    [Theory, MemberData(nameof(Blocks))]
    public void Read_Content_IsTheMessage(string name, string content, string expected)
    {
        var message = Completion(Message(content))["choices"]![0]!["message"]!;

        Assert.NotEmpty(name);
        AssertSame(expected, Bare(message));
    }

    [Theory, MemberData(nameof(Blocks))]
    public async Task Stream_WholeBlocks_AddUpToTheSameMessage(string name, string content, string expected)
    {
        var blocks = JsonNode.Parse(content)!.AsArray().Where(block => block is not null).ToArray();
        var events = blocks.SelectMany((block, index) => new[] { BlockStart(index, block!.ToJsonString()), BlockStop(index) }).ToArray();

        var message = await MessageAsync(Events(events));

        Assert.NotEmpty(name);
        AssertSame(expected, Ordered(message, expected));
    }

    [Theory, MemberData(nameof(Blocks))]
    public async Task Stream_MessageInOneEvent_AddsUpToTheSameMessage(string name, string content, string expected)
    {
        var message = await MessageAsync(Message(JsonNode.Parse(content)!.ToJsonString()));

        Assert.NotEmpty(name);
        AssertSame(expected, Ordered(message, expected));
    }

    [Fact]
    public void Read_Message_IsACompletion()
    {
        var completion = Completion(Message("""[{"type":"text","text":"Hi"}]""", "stop_sequence", ""","container":{"id":"c","expires_at":"x"},"context_management":{"applied_edits":[]},"later":[1]""")
            .Replace("\"stop_sequence\":null", "\"stop_sequence\":\"END\"", StringComparison.Ordinal));

        AssertSame("""
            {"id":"msg_1","object":"chat.completion","created":1767225600,"model":"claude-x","choices":[{"index":0,
             "message":{"role":"assistant","content":"Hi","refusal":null,"provider_specific_fields":{"stop_sequence":"END","container":{"id":"c","expires_at":"x"},"context_management":{"applied_edits":[]},"later":[1]}},
             "logprobs":null,"finish_reason":"stop","native_finish_reason":"stop_sequence"}],
             "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}
            """, completion);
    }

    /// <summary>A stop reason, and the finish reason it becomes beside a text and beside a tool call.</summary>
    public static TheoryData<string?, string, string> StopReasons => new()
    {
        { "end_turn", "stop", "tool_calls" },
        { "max_tokens", "length", "length" },
        { "stop_sequence", "stop", "stop" },
        { "tool_use", "tool_calls", "tool_calls" },
        { "pause_turn", "stop", "stop" },
        { "compaction", "stop", "stop" },
        { "refusal", "content_filter", "content_filter" },
        { "model_context_window_exceeded", "length", "length" },
        { "length", "length", "length" },
        { "content_filtered", "content_filter", "content_filter" },
        { "vendor_whim", "stop", "tool_calls" },
        { "", "stop", "tool_calls" },
        { "null", "stop", "tool_calls" },
        { "none", "stop", "tool_calls" },
        { null, "stop", "tool_calls" },
    };

    [Theory, MemberData(nameof(StopReasons))]
    public void Read_StopReason_IsAFinishReason(string? reason, string withText, string withCall)
    {
        var text = Completion(Message("""[{"type":"text","text":"Hi"}]""", reason))["choices"]![0]!;
        var call = Completion(Message("""[{"type":"tool_use","id":"t","name":"n","input":{}}]""", reason))["choices"]![0]!;

        Assert.Equal((withText, withCall), ((string?)text["finish_reason"], (string?)call["finish_reason"]));
        Assert.Equal(reason is "" or "null" or "none" ? null : reason, (string?)text["native_finish_reason"]);
    }

    [Theory, MemberData(nameof(StopReasons))]
    public async Task Stream_StopReason_IsAFinishReason(string? reason, string withText, string withCall)
    {
        var end = reason is null ? """{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":5}}""" : MessageDelta(reason);

        var text = await StreamAsync(Start, Text(0, "Hi"), end, Stop);
        var call = await StreamAsync(Start, Call(0, "t", "n"), end, Stop);

        Assert.Equal((null, null), (text.Failure, call.Failure));
        Assert.Equal((withText, withCall), (text.FinishReason, call.FinishReason));
        var finish = Assert.Single(text.Chunks, chunk => chunk["choices"]![0]!["finish_reason"] is not null)["choices"]![0]!;
        Assert.Equal(reason is "" or "null" or "none" ? null : reason, (string?)finish["native_finish_reason"]);
    }

    [Fact]
    public async Task Read_Refusal_SaysWhy()
    {
        const string Details = """{"type":"refusal","category":"cyber","explanation":"Not this."}""";

        var whole = Completion(Message("[]", "refusal", $",\"stop_details\":{Details}"))["choices"]![0]!;
        var streamed = await StreamAsync(Start, $$$"""{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{{{Details}}}},"usage":{"output_tokens":1}}""", Stop);
        var message = DeltaSum.Of(streamed.Chunks);

        Assert.Equal(("content_filter", "content_filter"), ((string?)whole["finish_reason"], streamed.FinishReason));
        Assert.Equal(("Not this.", "Not this."), ((string?)whole["message"]!["refusal"], (string?)message["refusal"]));
        AssertSame(Details, whole["message"]!["provider_specific_fields"]!["stop_details"]!);
        AssertSame(Details, message["provider_specific_fields"]!["stop_details"]!);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"type":"","message":null,"code":0}""")]
    public async Task Read_ErrorThatSaysNothing_IsNone(string error)
    {
        Assert.Equal("Fine.", (string?)Completion(Message("""[{"type":"text","text":"Fine."}]""", more: $",\"error\":{error}"))["choices"]![0]!["message"]!["content"]);
        var streamed = await StreamAsync(Events(Text(0, "Fine.").Replace("\"index\":0", $"\"index\":0,\"error\":{error}", StringComparison.Ordinal)));

        Assert.Equal((null, "Fine."), (streamed.Failure, streamed.Content));
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}""", FailureKind.Overloaded)]
    [InlineData("""{"error":{"type":"rate_limit_error","message":"Slow down"}}""", FailureKind.RateLimited)]
    [InlineData("""{"type":"error","error":"Bad luck"}""", FailureKind.ServerError)]
    [InlineData("""{"type":"error","error":null}""", FailureKind.ServerError)]
    [InlineData("""{"type":"error","message":"Bad luck"}""", FailureKind.ServerError)]
    [InlineData("""{"object":"error","message":"CUDA out of memory","type":"InternalServerError","code":500}""", FailureKind.ServerError)]
    [InlineData("""{"message":"Bad luck"}""", FailureKind.ServerError)]
    [InlineData("""{"detail":"Bad luck"}""", FailureKind.ServerError)]
    public async Task Read_ErrorOfAnyShape_IsAFailureAndNoAnswer(string error, FailureKind expected)
    {
        Assert.Equal(expected, Failure(error).Kind);
        Assert.Equal(expected, (await StreamAsync(Start, error)).Failure!.Kind);
        var behind = await StreamAsync(Start, Text(0, "Half"), error, MessageDelta("end_turn"), Stop);
        Assert.Equal((FailureKind.CutAfterCommit, "Half", null), (behind.Failure!.Kind, behind.Content, behind.FinishReason));
    }

    [Theory]
    [InlineData("""{"type":"message","role":"assistant","content":[],"stop_reason":null}""")]
    [InlineData("""{"type":"message","role":"assistant","content":[null]}""")]
    [InlineData("""{"type":"message","role":"assistant","content":""}""")]
    [InlineData("""{"type":"message","role":"assistant"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"type":"message","content":[{"type":"text","text":"x"}],"stop_re""")]
    public void Read_NoContentAndNoReasonWhy_IsNoAnswer(string body) => Assert.Equal(FailureKind.CutBeforeCommit, Failure(body).Kind);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void Read_EmptyContentThatEndedItsTurn_IsAnEmptyAnswer(string content)
    {
        var choice = Completion(Message(content))["choices"]![0]!;

        Assert.Equal(("stop", null), ((string?)choice["finish_reason"], (string?)choice["message"]!["content"]));
    }

    [Theory]
    [InlineData("\"Hi\"")]
    [InlineData("""{"type":"text","text":"Hi"}""")]
    [InlineData("""["Hi"]""")]
    [InlineData("""[{"text":"Hi"}]""")]
    public void Read_ContentOfGateways_IsUnderstood(string content) => Assert.Equal("Hi", (string?)Completion(Message(content))["choices"]![0]!["message"]!["content"]);

    [Theory]
    [InlineData(",\"usage\":{\"input_tok")]
    [InlineData(",\"usage\":{\"input_tokens\":3},")]
    [InlineData("}garbage")]
    [InlineData("")]
    public void Read_CutBehindContentAndReason_IsTheWholeAnswer(string rest)
    {
        using var answer = Read("{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}],\"stop_reason\":\"end_turn\"" + rest).Answer;

        Assert.Equal("Hi", (string?)JsonNode.Parse(answer!.Body.Span)!["choices"]![0]!["message"]!["content"]);
    }

    [Fact]
    public async Task Read_BytesThatAreNoUtf8_AreReplaced()
    {
        var odd = System.Text.Encoding.Latin1.GetBytes("""{"type":"message","content":[{"type":"text","text":"caf~"},{"type":"tool_use","id":"t","name":"n","input":{"a":"~"}},{"type":"later","x":"~"}],"stop_reason":"tool_use"}""".Replace('~', '\u00C3'));

        var whole = Completion(odd)["choices"]![0]!["message"]!;
        var streamed = await StreamBytesAsync([.. "data: "u8, .. odd, .. "\n\n"u8]);
        var message = DeltaSum.Of(streamed.Chunks);

        foreach (var read in new[] { whole, message })
        {
            Assert.Equal("caf\uFFFD", (string?)read["content"]);
            Assert.Equal("{\"a\":\"\uFFFD\"}", (string?)read["tool_calls"]![0]!["function"]!["arguments"]);
            Assert.Equal("\uFFFD", (string?)read["provider_specific_fields"]!["content_blocks"]![0]!["x"]);
        }
    }

    [Fact]
    public void Read_ByteOrderMarkBeforeTheMessage_IsNoPartOfIt() =>
        Assert.Equal("Hi", (string?)Completion('\uFEFF' + Message("""[{"type":"text","text":"Hi"}]"""))["choices"]![0]!["message"]!["content"]);

    [Fact]
    public async Task Read_GatewayWithoutIds_GetsNewOnes()
    {
        const string Content = """[{"type":"tool_use","name":"a","input":{}},{"type":"tool_use","id":"","name":"b","input":{}}]""";

        var whole = Completion($$"""{"content":{{Content}},"stop_reason":"tool_use"}""");
        var streamed = await StreamAsync(Start.Replace("\"id\":\"msg_1\",", "", StringComparison.Ordinal), Call(0, "", "a"), Call(1, "", "b"), MessageDelta("tool_use"));

        foreach (var (id, message) in new[] { ((string?)whole["id"], whole["choices"]![0]!["message"]!), ((string?)streamed.Chunks[0]["id"], DeltaSum.Of(streamed.Chunks)) })
        {
            Assert.False(string.IsNullOrEmpty(id));
            var ids = message["tool_calls"]!.AsArray().Select(call => (string)call!["id"]!).ToArray();
            Assert.Equal(2, ids.Distinct().Count(given => given.Length > 0));
        }

        Assert.Equal("", (string?)whole["model"]);
    }

    [Fact]
    public async Task Read_CallsThatShareAnId_AreToldApart()
    {
        var whole = Completion(Message("""[{"type":"tool_use","id":"call_0","name":"a","input":{}},{"type":"tool_use","id":"call_0","name":"b","input":{}}]"""));
        var streamed = await MessageAsync(Events(Call(0, "call_0", "a"), BlockStop(0), Call(1, "call_0", "b"), BlockStop(1)));

        foreach (var message in new[] { whole["choices"]![0]!["message"]!, streamed })
        {
            var ids = message["tool_calls"]!.AsArray().Select(call => (string)call!["id"]!).ToArray();
            Assert.Equal("call_0", ids[0]);
            Assert.Equal(2, ids.Distinct().Count());
        }
    }

    [Fact]
    public void Read_DeepToolInput_ReachesTheCaller()
    {
        var input = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);

        var call = Completion(Message($$"""[{"type":"tool_use","id":"t","name":"n","input":{{input}}}]"""))["choices"]![0]!["message"]!["tool_calls"]![0]!;

        Assert.Equal(input, (string?)call["function"]!["arguments"]);
    }

    [Fact]
    public void Read_HalfCharacters_AreReplaced() =>
        Assert.Equal("a\uFFFD", (string?)Completion(Message("""[{"type":"text","text":"a\ud83d"}]"""))["choices"]![0]!["message"]!["content"]);

    /// <summary>The members in the order of the expected message: a stream has no order to keep.</summary>
    private static JsonObject Ordered(JsonObject message, string expected)
    {
        var order = JsonNode.Parse(expected)!.AsObject().Select(member => member.Key).ToList();
        Assert.Equal(order.Order(), message.Select(member => member.Key).Order());
        var ordered = new JsonObject();
        foreach (var name in order)
            ordered[name] = name == "reasoning_details" ? new JsonArray([.. message[name]!.AsArray().Select(Detail)]) : message[name]!.DeepClone();
        return ordered;
    }

    private static JsonNode? Detail(JsonNode? detail)
    {
        var ordered = new JsonObject();
        foreach (var name in new[] { "type", "text", "data", "signature", "format", "index" })
        {
            if (detail![name] is { } value)
                ordered[name] = value.DeepClone();
        }

        return ordered;
    }
}
