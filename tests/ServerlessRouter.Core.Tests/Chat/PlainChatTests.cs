using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

/// <summary>What strict vendors of OpenAI's schema get of a request that came in as Anthropic's messages.</summary>
public sealed class PlainChatTests
{
    [Theory]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", "thinking", null)]
    [InlineData("\"output_config\":{\"effort\":\"low\"}", "output_config", null)]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", "cache_control", null)]
    [InlineData("\"reasoning_effort\":\"max\"", "reasoning_effort", "\"high\"")]
    [InlineData("\"reasoning_effort\":\"xhigh\"", "reasoning_effort", "\"high\"")]
    [InlineData("\"reasoning_effort\":\"none\"", "reasoning_effort", null)]
    [InlineData("\"reasoning_effort\":\"low\"", "reasoning_effort", "\"low\"")]
    [InlineData("\"user\":\"u\"", "user", "\"u\"")]
    [InlineData("\"user\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"", "user", "\"57445fa40b08c60cdcba7ca39c756de614d11482e3f15a925f548688c19e58f4\"")]
    [InlineData("\"top_k\":5", "top_k", "5")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"t\"},\"cache_control\":{},\"defer_loading\":true}]", "tools", """[{"type":"function","function":{"name":"t"}}]""")]
    public void Write_Member_IsWhatOthersTake(string member, string name, string? expected) =>
        Assert.Equal(expected, Write($$"""{"model":"m","messages":[],{{member}}}""")[name]?.ToJsonString());

    [Theory]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("null", "null")]
    [InlineData("""[{"type":"text","text":"a","cache_control":{}},{"type":"text","text":"b"}]""", "\"a\\n\\nb\"")]
    [InlineData("""[{"type":"text","text":"a","cache_control":{}},{"type":"image_url","image_url":{"url":"u"},"cache_control":{}}]""", """[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]""")]
    [InlineData("""[{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0="},"citations":{}}]""", """[{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]""")]
    [InlineData("""[{"type":"file","file":{"filename":"T","file_data":"data:text/plain;base64,aGk="}},{"type":"text","text":"b"}]""", "\"T:\\nhi\\n\\nb\"")]
    [InlineData("""[{"type":"search_result","source":"https://s","title":"T","content":[{"type":"text","text":"x"}]}]""", "\"T:\\nhttps://s\\n\\nx\"")]
    [InlineData("""[{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}}]""", "\"x\"")]
    [InlineData("""[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"text","text":"b"}]""", "\"b\"")]
    [InlineData("""[{"type":"container_upload","file_id":"f"}]""", "\"\"")]
    public void Write_Content_IsTextWhereItIsAllText(string content, string expected) =>
        Assert.Equal(expected, Write($$"""{"messages":[{"role":"user","content":{{content}}}]}""")["messages"]![0]!["content"]?.ToJsonString() ?? "null");

    [Fact]
    public void Write_ImagesOfResults_FollowAllResults()
    {
        var messages = Write("""
            {"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"},"cache_control":{},"extra_content":{"g":1}}],
              "reasoning_details":[{"type":"reasoning.text","text":"x","signature":"s","format":"anthropic-claude-v1","index":0}]},
             {"role":"tool","tool_call_id":"a","content":[{"type":"image_url","image_url":{"url":"u"}}],"is_error":true},{"role":"tool","tool_call_id":"b","content":"2","cache_control":{}},
             {"role":"assistant","content":"so","reasoning_details":[{"type":"reasoning.text","text":"x","format":"other","index":0}]}]}
            """)["messages"]!;

        Assert.Equal(
            [
                """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"},"extra_content":{"g":1}}]}""",
                """{"role":"tool","tool_call_id":"a","content":"(What the tool gave follows.)"}""",
                """{"role":"tool","tool_call_id":"b","content":"2"}""",
                """{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}""",
                """{"role":"assistant","content":"so","reasoning_details":[{"type":"reasoning.text","text":"x","format":"other","index":0}]}""",
            ],
            messages.AsArray().Select(static message => message!.ToJsonString()));
    }

    [Theory]
    [InlineData("""{"signature": ""}""", true)]
    [InlineData("""{"signature":"srr1.e30"}""", true)]
    [InlineData("""{"data":"srr1.e30"}""", true)]
    [InlineData("""{"signature":"EqQB"}""", false)]
    [InlineData("""{"text":"signature"}""", false)]
    public void IsIn_Signature_TellsWhoseItIs(string request, bool isForeign) => Assert.Equal(isForeign, ForeignThinking.IsIn(Encoding.UTF8.GetBytes(request)));

    private static JsonNode Write(string chat)
    {
        var output = new ArrayBufferWriter<byte>();
        PlainChat.Write(Encoding.UTF8.GetBytes(chat), output);
        return JsonNode.Parse(output.WrittenSpan)!;
    }
}
