using System.Text;
using ServerlessRouter.Doors.Messages;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Messages.MessagesChat;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>What becomes of each member of a request in docs/messages.md.</summary>
public sealed class MessagesReaderTests
{
    [Theory]
    [InlineData("\"temperature\":0.5", "temperature", "0.5")]
    [InlineData("\"top_p\":0.9", "top_p", "0.9")]
    [InlineData("\"top_k\":5", "top_k", "5")]
    [InlineData("\"stop_sequences\":[\"a\",\"b\"]", "stop", """["a","b"]""")]
    [InlineData("\"stop_sequences\":[]", "stop", null)]
    [InlineData("\"metadata\":{\"user_id\":\"u\"}", "user", "\"u\"")]
    [InlineData("\"metadata\":{\"user_id\":\"u\"}", "metadata", null)]
    [InlineData("\"metadata\":{\"user_id\":\"u\",\"team\":\"t\"}", "metadata", """{"team":"t"}""")]
    [InlineData("\"metadata\":{\"user_id\":\"u\"},\"user\":\"v\"", "user", "\"v\"")]
    [InlineData("\"service_tier\":\"auto\"", "service_tier", "\"auto\"")]
    [InlineData("\"service_tier\":\"standard_only\"", "service_tier", "\"default\"")]
    [InlineData("\"stream\":true", "stream_options", """{"include_usage":true}""")]
    [InlineData("\"stream\":false", "stream", null)]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}", "reasoning_effort", "\"low\"")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "reasoning_effort", "\"medium\"")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":31999}", "reasoning_effort", "\"high\"")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":31999}", "thinking", """{"type":"enabled","budget_tokens":31999}""")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", "reasoning_effort", "\"high\"")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"max\"}", "reasoning_effort", "\"max\"")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "reasoning_effort", "\"none\"")]
    [InlineData("\"output_config\":{\"effort\":\"low\"}", "reasoning_effort", "\"low\"")]
    [InlineData("\"reasoning_effort\":\"minimal\",\"thinking\":{\"type\":\"adaptive\"}", "reasoning_effort", "\"minimal\"")]
    [InlineData("\"reasoning\":{\"effort\":\"low\"},\"thinking\":{\"type\":\"adaptive\"}", "reasoning_effort", null)]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}", "response_format", """{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":true}}""")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}", "response_format", """{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":true}}""")]
    [InlineData("\"mcp_servers\":[{\"name\":\"m\"}]", "mcp_servers", """[{"name":"m"}]""")]
    [InlineData("\"container\":\"c\"", "container", "\"c\"")]
    [InlineData("\"context_management\":{\"edits\":[]}", "context_management", """{"edits":[]}""")]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", "cache_control", """{"type":"ephemeral"}""")]
    [InlineData("\"models\":[\"a\",\"b\"]", "models", """["a","b"]""")]
    [InlineData("\"provider\":{\"order\":[\"x\"]}", "provider", """{"order":["x"]}""")]
    [InlineData("\"session_id\":\"s\"", "session_id", "\"s\"")]
    [InlineData("\"plugins\":[{\"id\":\"response-healing\"}]", "plugins", """[{"id":"response-healing"}]""")]
    [InlineData("\"added_later\":{\"a\":[1,null]}", "added_later", """{"a":[1,null]}""")]
    [InlineData("\"betas\":[\"b\"],\"anthropic_version\":\"v\"", "betas", null)]
    [InlineData("\"temperature\":null,\"thinking\":null,\"metadata\":null,\"tools\":null,\"tool_choice\":null,\"stop_sequences\":null,\"system\":null,\"output_config\":null", "temperature", null)]
    public void Read_Member_BecomesTheChatMember(string members, string name, string? expected) => Assert.Equal(expected, Read(With(members))[name]?.ToJsonString());

    [Fact]
    public void Read_ModelsWithoutModel_IsEnough() =>
        Assert.Equal("""["a"]""", Read("""{"models":["a"],"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""")["models"]!.ToJsonString());

    [Theory]
    [InlineData("64", "64")]
    [InlineData("64.0", "64")]
    [InlineData("1e3", "1000")]
    [InlineData("9999999999999", "2147483647")]
    public void Read_Limit_IsAWholeNumber(string limit, string expected) =>
        Assert.Equal(expected, Read($$"""{"model":"m","max_tokens":{{limit}},"messages":[{"role":"user","content":"x"}]}""")["max_tokens"]!.ToJsonString());

    [Theory]
    [InlineData("\"Be brief.\"", "\"Be brief.\"")]
    [InlineData("""[{"type":"text","text":"Be brief."}]""", "\"Be brief.\"")]
    [InlineData("""[{"type":"text","text":"A","cache_control":{"type":"ephemeral"}}]""", """[{"type":"text","text":"A","cache_control":{"type":"ephemeral"}}]""")]
    [InlineData("""[{"type":"text","text":"A"},{"type":"text","text":"B"}]""", """[{"type":"text","text":"A"},{"type":"text","text":"B"}]""")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=1;"},{"type":"text","text":"B"}]""", "\"B\"")]
    [InlineData("\"x-anthropic-billing-header: cc_version=2.1; cch=1;\\nB\"", "\"B\"")]
    public void Read_System_IsTheFirstMessage(string system, string expected)
    {
        var messages = Read(With($"\"system\":{system}"))["messages"]!;

        Assert.Equal("system", (string)messages[0]!["role"]!);
        Assert.Equal(expected, messages[0]!["content"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("\"x-anthropic-billing-header: cch=1;\"")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: cch=1;"}]""")]
    public void Read_EmptySystem_IsNoMessage(string system) => Assert.Single(Read(With($"\"system\":{system}"))["messages"]!.AsArray());

    [Theory]
    [InlineData("""[{"type":"text","text":"a\u00e9\ud83d\ude00"}]""", "\"a\\u00E9\\uD83D\\uDE00\"")]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b"}]""", """[{"type":"text","text":"a"},{"type":"text","text":"b"}]""")]
    [InlineData("""[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]""", """[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]""")]
    [InlineData("""[{"type":"image","source":{"type":"url","url":"https://a/b.png"},"cache_control":{"type":"ephemeral"}}]""", """[{"type":"image_url","image_url":{"url":"https://a/b.png"},"cache_control":{"type":"ephemeral"}}]""")]
    [InlineData("""[{"type":"image","source":{"type":"file","file_id":"file_1"}}]""", """[{"type":"image","source":{"type":"file","file_id":"file_1"}}]""")]
    [InlineData("""[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"T","context":"c","citations":{"enabled":true}}]""",
        """[{"type":"file","file":{"filename":"T","file_data":"data:application/pdf;base64,JVBERi0="},"context":"c","citations":{"enabled":true}}]""")]
    [InlineData("""[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}}]""", """[{"type":"file","file":{"file_data":"data:text/plain;base64,aGk="}}]""")]
    [InlineData("""[{"type":"document","source":{"type":"url","url":"https://a/b.pdf"}}]""", """[{"type":"file","file":{"file_url":"https://a/b.pdf"}}]""")]
    [InlineData("""[{"type":"document","source":{"type":"content","content":"x"}}]""", """[{"type":"document","source":{"type":"content","content":"x"}}]""")]
    [InlineData("""[{"type":"search_result","source":"s","title":"t","content":[]}]""", """[{"type":"search_result","source":"s","title":"t","content":[]}]""")]
    [InlineData("""[{"type":"added_later","a":1}]""", """[{"type":"added_later","a":1}]""")]
    [InlineData("[]", "\"\"")]
    public void Read_BlocksOfTheUser_AreParts(string content, string expected) =>
        Assert.Equal(expected, Read(Of($$"""[{"role":"user","content":{{content}}}]"""))["messages"]![0]!["content"]!.ToJsonString());

    [Fact]
    public void Read_ToolResults_AreMessagesBeforeWhatTheUserSays()
    {
        var messages = Read(Of("""
            [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"a","name":"t","input":{"p": 1}},{"type":"tool_use","id":"b","name":"u","input":{},"cache_control":{"type":"ephemeral"}}]},
             {"role":"user","content":[{"type":"text","text":"And?"},{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b","is_error":true,"cache_control":{"type":"ephemeral"},"content":[{"type":"text","text":"no"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]}]}]
            """))["messages"]!;

        Assert.Equal("""{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{\u0022p\u0022: 1}"}},{"id":"b","type":"function","function":{"name":"u","arguments":"{}"},"cache_control":{"type":"ephemeral"}}]}""", messages[1]!.ToJsonString());
        Assert.Equal("""{"role":"tool","tool_call_id":"a","content":"1"}""", messages[2]!.ToJsonString());
        Assert.Equal("""{"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"no"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}],"is_error":true,"cache_control":{"type":"ephemeral"}}""", messages[3]!.ToJsonString());
        Assert.Equal("""{"role":"user","content":"And?"}""", messages[4]!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b"}]""", """{"role":"assistant","content":"ab"}""")]
    [InlineData("""[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"a"}]""",
        """{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"s","format":"anthropic-claude-v1","index":0},{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1","index":1}]}""")]
    [InlineData("""[{"type":"thinking","thinking":"hm","signature":""},{"type":"thinking","thinking":"so"},{"type":"text","text":"a"}]""", """{"role":"assistant","content":"a","reasoning_content":"hm\n\nso"}""")]
    [InlineData("""[{"type":"tool_use","id":"a","name":"t"}]""", """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"}}]}""")]
    [InlineData("""[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"text","text":"a"}]""", """{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"text","text":"a"}]}""")]
    public void Read_AssistantsBlocks_AreOneMessage(string content, string expected) =>
        Assert.Equal(expected, Read(Of($$"""[{"role":"user","content":"x"},{"role":"assistant","content":{{content}}}]"""))["messages"]![1]!.ToJsonString());

    [Theory]
    [InlineData("""{"name":"t","description":"d","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"},"strict":true}""", """{"type":"function","function":{"name":"t","description":"d","parameters":{"type":"object"},"strict":true},"cache_control":{"type":"ephemeral"}}""")]
    [InlineData("""{"type":"custom","name":"t","input_schema":{},"defer_loading":true}""", """{"type":"function","function":{"name":"t","parameters":{}},"defer_loading":true}""")]
    [InlineData("""{"type":"web_search_20250305","name":"web_search","max_uses":5}""", """{"type":"web_search_20250305","name":"web_search","max_uses":5}""")]
    public void Read_Tool_IsAFunctionOrStays(string tool, string expected) => Assert.Equal(expected, Read(With($"\"tools\":[{tool}]"))["tools"]![0]!.ToJsonString());

    [Theory]
    [InlineData("""{"type":"auto"}""", "\"auto\"", null)]
    [InlineData("""{"type":"any","disable_parallel_tool_use":true}""", "\"required\"", "false")]
    [InlineData("""{"type":"none"}""", "\"none\"", null)]
    [InlineData("""{"type":"tool","name":"t"}""", """{"type":"function","function":{"name":"t"}}""", null)]
    public void Read_ToolChoice_IsOpenAIs(string choice, string expected, string? parallel)
    {
        var chat = Read(With($$$"""
            "tools":[{"name":"t","input_schema":{}}],"tool_choice":{{{choice}}}
            """));

        Assert.Equal(expected, chat["tool_choice"]!.ToJsonString());
        Assert.Equal(parallel, chat["parallel_tool_calls"]?.ToJsonString());
    }

    [Fact]
    public void Read_ToolChoiceWithoutTools_IsLeftOut()
    {
        var chat = Read(With("\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"));

        Assert.Null(chat["tool_choice"]);
        Assert.Null(chat["parallel_tool_calls"]);
    }

    [Fact]
    public void Read_LongToolNames_AreCutAlikeEverywhereAndComeBackWhole()
    {
        var name = $"mcp__{new string('a', 60)}__read";
        var request = With($$$"""
            "tools":[{"name":"{{{name}}}","input_schema":{}}],"tool_choice":{"type":"tool","name":"{{{name}}}"}
            """);
        var chat = Read(request);
        var cut = (string)chat["tools"]![0]!["function"]!["name"]!;

        Assert.Equal(64, cut.Length);
        Assert.Equal(cut, (string)chat["tool_choice"]!["function"]!["name"]!);
        Assert.Equal(name, (string)Answer($$$"""{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"{{{cut}}}","arguments":"{}"}}]}}]}""", request)["content"]![0]!["name"]!);
        Assert.Equal(name, (string)StreamOf([$"data: {MessagesStreamTests.Call(0, "a", cut, "{}")}\n\n"], request).Message!["content"]![0]!["name"]!);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", "max_tokens: Field required")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}""", "max_tokens: Input should be greater than or equal to 0")]
    [InlineData("""{"model":"m","max_tokens":"1","messages":[{"role":"user","content":"x"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"x"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":1,"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model: Input should be a valid string")]
    [InlineData("""{"model":"m","model":"n","max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model: Sent twice; send it once")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":{}}""", "messages: Input should be a valid list")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":["x"]}""", "messages.0: Input should be an object")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"content":"x"}]}""", "messages.0.role: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"x"}]}""", "messages: Unexpected role \"tool\". Allowed roles are \"user\" or \"assistant\"")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user"}]}""", "messages.0.content: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":1}]}""", "messages.0.content: Input should be a valid list")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x","content":"y"}]}""", "messages.0.content: Sent twice; send it once")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text"}]}]}""", "messages.0.content.1.text.text: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"a"}]}]}""", "messages.0.content.0.type: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":["a"]}]}""", "messages.0.content.0: Input should be an object")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "messages.0.content.0.tool_result.tool_use_id: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":1}]}]}]}""", "messages.0.content.0.content.0.text.text: Input should be a valid string")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","input":{}}]}]}""", "messages.0.content.0.tool_use.name: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":"{}"}]}]}""", "messages.0.content.0.tool_use.input: Input should be an object")]
    [InlineData("""{"model":"m","max_tokens":1,"system":[{"type":"image"}],"messages":[{"role":"user","content":"x"}]}""", "system.0.type: Input should be 'text'")]
    [InlineData("""{"model":"m","max_tokens":1,"temperature":"hot","messages":[{"role":"user","content":"x"}]}""", "temperature: Input should be a valid number")]
    [InlineData("""{"model":"m","max_tokens":1,"temperature":1e999,"messages":[{"role":"user","content":"x"}]}""", "temperature: Input should be a finite number")]
    [InlineData("""{"model":"m","max_tokens":1,"stream":"yes","messages":[{"role":"user","content":"x"}]}""", "stream: Input should be a valid boolean")]
    [InlineData("""{"model":"m","max_tokens":1,"stop_sequences":["a",1],"messages":[{"role":"user","content":"x"}]}""", "stop_sequences.1: Input should be a valid string")]
    [InlineData("""{"model":"m","max_tokens":1,"tools":[{"name":"t"}],"messages":[{"role":"user","content":"x"}]}""", "tools.0.custom.input_schema: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"x"}]}""", "tool_choice: tool_choice may only be specified while providing tools")]
    [InlineData("""{"model":"m","max_tokens":1,"thinking":{"type":"enabled"},"messages":[{"role":"user","content":"x"}]}""", "thinking.enabled.budget_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"max_completion_tokens":5,"messages":[{"role":"user","content":"x"}]}""", "max_completion_tokens: Extra inputs are not permitted")]
    [InlineData("[]", "The request body is not a JSON object.")]
    [InlineData("", "The request body is not valid JSON: line 1, column 1")]
    [InlineData("{\"model\":\"m\",}", "The request body is not valid JSON: line 1")]
    public void Read_Fault_IsToldInAnthropicsWords(string request, string message)
    {
        var error = Refusal(request);

        Assert.StartsWith(message, error!.Message, StringComparison.Ordinal);
        Assert.Equal(400, MessagesDoor.Instance.StatusOf(error));
    }

    [Fact]
    public void Read_HostileBodies_AreRefused()
    {
        Assert.NotNull(Refusal($"{{\"model\":\"m\",\"max_tokens\":1,\"messages\":{new string('[', 100_000)}"));
        Assert.NotNull(Refusal(With($"\"x\":{new string('[', 300)}{new string(']', 300)}")));
        Assert.NotNull(Refusal("{\"model\":\"\\ud800\",\"max_tokens\":1,\"\\ud800\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"));
        Assert.NotNull(MessagesDoor.Instance.Read(new byte[] { (byte)'{', 0xFF, (byte)'}' }, new System.Buffers.ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Read_HalfACharacterInAText_GoesOnAsItStands() =>
        Assert.Contains("\"content\":\"a\\ud83d\"", Encoding.UTF8.GetString(ReadBytes(Of("""[{"role":"user","content":"a\ud83d"}]"""))), StringComparison.Ordinal);

    [Fact]
    public void Read_DeepestRequestThatIsTaken_IsTakenByTheScanner()
    {
        const int Depth = 247;
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", Depth - 4)) + "1" + new string('}', Depth - 4);

        Assert.NotEmpty(ReadBytes(With($"\"tools\":[{{\"name\":\"t\",\"input_schema\":{deep}}}]")));
    }
}
