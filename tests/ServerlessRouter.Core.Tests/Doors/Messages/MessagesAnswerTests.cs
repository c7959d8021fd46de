using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Messages.MessagesChat;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Whole chat completions as messages.</summary>
public sealed class MessagesAnswerTests
{
    [Fact]
    public void Write_Text_IsAMessage() => Assert.Equal(
        """{"id":"msg_1","type":"message","role":"assistant","model":"gpt-x","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":3}}""",
        AnswerOf("""{"role":"assistant","content":"Hi"}""").ToJsonString());

    [Theory]
    [InlineData("""{"content":null}""", "[]")]
    [InlineData("""{"content":""}""", "[]")]
    [InlineData("""{"content":"\n "}""", "[]")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", """[{"type":"text","text":"a"},{"type":"text","text":"b"}]""")]
    [InlineData("""{"content":"a","reasoning_content":"hm"}""", """[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"a"}]""")]
    [InlineData("""{"content":"a","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"s","format":"anthropic-claude-v1","index":0},{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1","index":1}],"thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}]}""",
        """[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"a"}]""")]
    [InlineData("""{"content":"a","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"}]}""", """[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"a"}]""")]
    [InlineData("""{"content":null,"refusal":"No."}""", """[{"type":"text","text":"No."}]""")]
    [InlineData("""{"content":null,"refusal":"No.","provider_specific_fields":{"stop_details":{"explanation":"No."}}}""", "[]")]
    [InlineData("""{"content":"ab","provider_specific_fields":{"citations":[{"start_index":0,"end_index":1,"citation":{"type":"c","n":1}},{"start_index":0,"end_index":1,"citation":{"type":"c","n":2}}]}}""",
        """[{"type":"text","text":"a","citations":[{"type":"c","n":1},{"type":"c","n":2}]},{"type":"text","text":"b"}]""")]
    [InlineData("""{"content":"ab","annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"t","content":"q"}}]}""",
        """[{"type":"text","text":"ab","citations":[{"type":"web_search_result_location","url":"u","title":"t","cited_text":"q","encrypted_index":""}]}]""")]
    [InlineData("""{"content":"a","provider_specific_fields":{"content_blocks":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}}]}}""", """[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"text","text":"a"}]""")]
    [InlineData("""{"tool_calls":[{"id":"functions.t:0","type":"function","function":{"name":"t","arguments":"{\"a\":1}"},"provider_specific_fields":{"caller":{"type":"direct"}}}]}""",
        """[{"type":"tool_use","id":"functions_t_0","name":"t","input":{"a":1},"caller":{"type":"direct"}}]""")]
    [InlineData("""{"tool_calls":[{"id":"a","function":{"name":"t","arguments":""}},{"id":"b","function":{"name":"t","arguments":"null"}},{"id":"c","function":{"name":"t","arguments":"\"{\\\"a\\\":1}\""}},{"id":"d","function":{"name":"t","arguments":"oops"}}]}""",
        """[{"type":"tool_use","id":"a","name":"t","input":{}},{"type":"tool_use","id":"b","name":"t","input":{}},{"type":"tool_use","id":"c","name":"t","input":{"a":1}},{"type":"tool_use","id":"d","name":"t","input":{"arguments":"oops"}}]""")]
    [InlineData("""{"tool_calls":[{"id":"a","type":"custom","custom":{"name":"t","input":"x"}}]}""", """[{"type":"tool_use","id":"a","name":"t","input":{"arguments":"x"}}]""")]
    [InlineData("""{"function_call":{"name":"t","arguments":"{}"}}""", """[{"type":"tool_use","id":"call_req_1","name":"t","input":{}}]""")]
    public void Write_Message_IsBlocks(string message, string expected) => Assert.Equal(expected, AnswerOf(message)["content"]!.ToJsonString());

    [Theory]
    [InlineData("\"finish_reason\":\"length\"", "max_tokens", null)]
    [InlineData("\"finish_reason\":\"content_filter\"", "refusal", null)]
    [InlineData("\"finish_reason\":\"stop\",\"stop_reason\":\"END\"", "stop_sequence", "END")]
    [InlineData("\"finish_reason\":\"stop\",\"native_finish_reason\":\"pause_turn\"", "pause_turn", null)]
    [InlineData("\"finish_reason\":null", "end_turn", null)]
    public void Write_FinishReason_IsAStopReason(string choice, string reason, string? sequence)
    {
        var message = AnswerOf("""{"content":"a"}""", choice);

        Assert.Equal(reason, (string)message["stop_reason"]!);
        Assert.Equal(sequence, (string?)message["stop_sequence"]);
    }

    [Theory]
    [InlineData("stop", "tool_use")]
    [InlineData("tool_calls", "tool_use")]
    [InlineData("function_call", "tool_use")]
    [InlineData("length", "max_tokens")]
    public void Write_CallsAndReason_EndedForTheCalls(string finish, string reason) =>
        Assert.Equal(reason, (string)AnswerOf("""{"tool_calls":[{"id":"a","function":{"name":"t","arguments":"{}"}}]}""", $"\"finish_reason\":\"{finish}\"")["stop_reason"]!);

    [Theory]
    [InlineData("\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":60,\"cache_write_tokens\":30},\"cost\":0.25,\"cost_details\":{\"upstream_inference_cost\":0.25}}",
        """{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":60,"output_tokens":5,"cost":0.25,"cost_details":{"upstream_inference_cost":0.25}}""")]
    [InlineData("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_cache_hit_tokens\":4}", """{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":5}""")]
    [InlineData("\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":4}}", """{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":5}""")]
    [InlineData("\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":5,\"completion_tokens_details\":{\"reasoning_tokens\":2},\"cache_creation\":{\"ephemeral_1h_input_tokens\":0}},\"service_tier\":\"default\"",
        """{"input_tokens":1,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":5,"output_tokens_details":{"thinking_tokens":2},"service_tier":"standard","cache_creation":{"ephemeral_1h_input_tokens":0}}""")]
    [InlineData("\"usage\":null", """{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}""")]
    public void Write_Usage_IsAnthropics(string members, string expected) => Assert.Equal(expected, AnswerOf("""{"content":"a"}""", members: members)["usage"]!.ToJsonString());

    [Fact]
    public void Write_RouterMetadata_IsKept() => Assert.Equal("""{"a":1}""", AnswerOf("""{"content":"a"}""", members: "\"router_metadata\":{\"a\":1}")["router_metadata"]!.ToJsonString());

    [Theory]
    [InlineData("""{"content":"a","reasoning":"hm"}""", """{"role":"assistant","content":"a","reasoning":"hm"}""")]
    [InlineData("""{"content":"a","reasoning_content":"hm"}""", """{"role":"assistant","content":"a","reasoning_content":"hm"}""")]
    [InlineData("""{"content":"a","reasoning_details":[{"type":"reasoning.summary","summary":"s","id":"rs_1","format":"openai-responses-v1","index":0},{"type":"reasoning.encrypted","data":"e","id":"rs_1","format":"openai-responses-v1","index":0}]}""",
        """{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.summary","id":"rs_1","format":"openai-responses-v1","index":0,"summary":"s"},{"type":"reasoning.encrypted","data":"e","id":"rs_1","format":"openai-responses-v1","index":0}]}""")]
    [InlineData("""{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}}]}""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}}]}""")]
    public void Write_ThinkingOfOtherVendors_ComesBackAsTheySentIt(string message, string expected)
    {
        var content = AnswerOf(message)["content"]!.ToJsonString();
        var streamed = Stream(Chunk(message.Replace("{\"id\":\"a\"", "{\"index\":0,\"id\":\"a\"", StringComparison.Ordinal)), Chunk("{}", "stop")).Content;

        Assert.Equal(expected, Read(Of($$"""[{"role":"user","content":"x"},{"role":"assistant","content":{{content}}}]"""))["messages"]![1]!.ToJsonString());
        Assert.Equal(expected, Read(Of($$"""[{"role":"user","content":"x"},{"role":"assistant","content":{{streamed}}}]"""))["messages"]![1]!.ToJsonString());
    }
}
