using ServerlessRouter.Errors;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Responses.DoorScene;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>Requests for responses as chat requests: members, tools, formats, and what is refused.</summary>
public sealed class ResponsesRequestTests
{
    [Fact]
    public void Read_Text_IsAMessageOfTheUserBehindTheInstructions() => Same(
        """{"model":"auto","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi \"you\""}]}""",
        ChatOf("""{"model":"auto","instructions":"Be brief.","input":"Hi \"you\""}"""));

    [Theory]
    [InlineData("\"max_output_tokens\":100", "\"max_completion_tokens\":100")]
    [InlineData("\"max_output_tokens\":null", "")]
    [InlineData("\"temperature\":0.5,\"top_p\":0.9", "\"temperature\":0.5,\"top_p\":0.9")]
    [InlineData("\"reasoning\":{\"effort\":\"high\",\"summary\":\"auto\"}", "\"reasoning_effort\":\"high\"")]
    [InlineData("\"reasoning\":{\"effort\":null}", "")]
    [InlineData("\"reasoning\":{\"max_tokens\":2000,\"effort\":\"low\"}", "\"reasoning_effort\":\"low\",\"reasoning\":{\"max_tokens\":2000}")]
    [InlineData("\"text\":{\"verbosity\":\"low\",\"format\":{\"type\":\"text\"}}", "\"verbosity\":\"low\"")]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_object\"}}", "\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData(
        "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"strict\":true,\"description\":null,\"schema\":{\"type\":\"object\"}}}",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\":\"object\"}}}")]
    [InlineData("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":false", "\"stream\":false")]
    [InlineData("\"include\":[\"reasoning.encrypted_content\"]", "")]
    [InlineData("\"include\":[\"message.output_text.logprobs\"]", "\"logprobs\":true")]
    [InlineData("\"top_logprobs\":3", "\"top_logprobs\":3,\"logprobs\":true")]
    [InlineData("\"top_logprobs\":0", "")]
    [InlineData("\"store\":false,\"background\":false,\"truncation\":\"disabled\",\"previous_response_id\":null,\"conversation\":null,\"prompt\":null,\"max_tool_calls\":4", "")]
    [InlineData("\"metadata\":{\"a\":\"b\"},\"user\":\"u\",\"safety_identifier\":\"s\"", "\"metadata\":{\"a\":\"b\"},\"user\":\"u\",\"safety_identifier\":\"s\"")]
    [InlineData("\"service_tier\":\"flex\",\"prompt_cache_key\":\"k\",\"prompt_cache_retention\":\"24h\"", "\"service_tier\":\"flex\",\"prompt_cache_key\":\"k\",\"prompt_cache_retention\":\"24h\"")]
    [InlineData("\"models\":[\"a\"],\"provider\":{\"sort\":\"price\"},\"session_id\":\"s\",\"anything\":{\"x\":1}", "\"models\":[\"a\"],\"provider\":{\"sort\":\"price\"},\"session_id\":\"s\",\"anything\":{\"x\":1}")]
    [InlineData("\"tools\":[],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true", "")]
    [InlineData("\"tools\":null,\"tool_choice\":\"required\"", "\"tool_choice\":\"required\"")]
    public void Read_Member_IsSpeltAsChatCompletionsDo(string written, string expected) => Same(
        $$"""{"model":"auto","messages":[{"role":"user","content":"Hi"}]{{(expected.Length > 0 ? "," + expected : "")}}}""",
        ChatOf($$"""{"model":"auto","input":"Hi",{{written}}}"""));

    [Theory]
    [InlineData(
        """{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}}""",
        """{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true},"cache_control":{"type":"ephemeral"}}""")]
    [InlineData("""{"type":"function","name":"f","description":null,"parameters":null,"strict":null}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData(
        """{"type":"custom","name":"apply_patch","description":"d","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}""",
        """{"type":"custom","custom":{"name":"apply_patch","description":"d","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}}""")]
    [InlineData("""{"type":"custom","name":"x","format":{"type":"text"}}""", """{"type":"custom","custom":{"name":"x","format":{"type":"text"}}}""")]
    [InlineData("""{"type":"web_search","filters":{"allowed_domains":["a.b"]}}""", """{"type":"web_search","filters":{"allowed_domains":["a.b"]}}""")]
    [InlineData("""{"type":"local_shell"}""", """{"type":"local_shell"}""")]
    [InlineData(
        """{"type":"namespace","name":"team","description":"d","tools":[{"type":"function","name":"ask","parameters":{}}]}""",
        """{"type":"function","function":{"name":"team__ask","parameters":{}}}""")]
    public void Read_Tool_IsAChatTool(string tool, string expected) =>
        Same($"[{expected}]", ChatOf($$"""{"model":"auto","input":"Hi","tools":[{{tool}}]}""")["tools"]);

    [Theory]
    [InlineData("\"none\"", "\"none\"")]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("""{"type":"custom","name":"f"}""", """{"type":"custom","custom":{"name":"f"}}""")]
    [InlineData("""{"type":"web_search_preview"}""", """{"type":"web_search_preview"}""")]
    [InlineData(
        """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"image_generation"}]}""",
        """{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"image_generation"}]}}""")]
    public void Read_ToolChoice_IsAChatToolChoice(string choice, string expected) =>
        Same(expected, ChatOf($$"""{"model":"auto","input":"Hi","tools":[{"type":"function","name":"f"}],"tool_choice":{{choice}}}""")["tool_choice"]);

    [Fact]
    public void Read_ToolsAddedByAnItem_JoinTheOthers() => Same(
        """[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"exec"}}]""",
        ChatOf("""{"model":"auto","input":[{"type":"additional_tools","role":"developer","id":"at_1","tools":[{"type":"custom","name":"exec"}]},{"role":"user","content":"Hi"}],"tools":[{"type":"function","name":"f"}]}""")["tools"]);

    [Theory]
    [InlineData("[]", null, "JSON object")]
    [InlineData("{", null, "not valid JSON")]
    [InlineData("{}", "input", "missing")]
    [InlineData("""{"messages":[]}""", "input", "messages")]
    [InlineData("""{"input":7}""", "input", "must be")]
    [InlineData("""{"input":"a","input":"b"}""", "input", "twice")]
    [InlineData("""{"input":"a","instructions":7}""", "instructions", "must be")]
    [InlineData("""{"input":"a","reasoning":7}""", "reasoning", "must be")]
    [InlineData("""{"input":"a","reasoning":{"effort":7}}""", "reasoning.effort", "must be")]
    [InlineData("""{"input":"a","text":[]}""", "text", "must be")]
    [InlineData("""{"input":"a","text":{"format":{"type":"json_schema","name":"n"}}}""", "text.format.schema", "missing")]
    [InlineData("""{"input":"a","text":{"format":"json"}}""", "text.format", "must be")]
    [InlineData("""{"input":"a","include":"x"}""", "include", "must be")]
    [InlineData("""{"input":"a","tools":{}}""", "tools", "must be")]
    [InlineData("""{"input":"a","tools":[{"type":"function","name":"f"},7]}""", "tools[1]", "must be")]
    [InlineData("""{"input":"a","tools":[{"type":"function"}]}""", "tools[0].name", "missing")]
    [InlineData("""{"input":"a","tools":[{"type":"namespace","name":"n","tools":[{"type":"custom"}]}]}""", "tools[0].tools[0].name", "missing")]
    [InlineData("""{"input":"a","tool_choice":7}""", "tool_choice", "must be")]
    [InlineData("""{"input":["a",7]}""", "input[1]", "must be")]
    [InlineData("""{"input":[{"type":"message","content":"a"}]}""", "input[0].role", "missing")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content", "missing")]
    [InlineData("""{"input":[{"role":"user","content":null}]}""", "input[0].content", "must be")]
    [InlineData("""{"input":[{"role":"user","content":[7]}]}""", "input[0].content[0]", "must be")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text"}]}]}""", "input[0].content[0].text", "missing")]
    [InlineData("""{"input":["a","b","c",{"role":"user","content":[{"type":"input_image"}]}]}""", "input[3].content[0].image_url", "missing")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":7}]}]}""", "input[0].content[0].image_url", "must be")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file"}]}]}""", "input[0].content[0].file_data", "missing")]
    [InlineData("""{"input":[{"type":"function_call","name":"f"}]}""", "input[0].call_id", "missing")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c"}]}""", "input[0].name", "missing")]
    [InlineData("""{"input":[{"type":"function_call_output","call_id":"c"}]}""", "input[0].output", "missing")]
    [InlineData("""{"input":[{"type":"function_call_output","output":"c"}]}""", "input[0].call_id", "missing")]
    [InlineData("""{"input":[{"type":"custom_tool_call","call_id":"c","name":"n"}]}""", "input[0].input", "missing")]
    [InlineData("""{"input":[{}]}""", "input[0].type", "missing")]
    public void Read_WhatIsWrong_IsNamed(string body, string? param, string words)
    {
        var error = Refusal(body);

        Assert.Equal((RouterErrorCode.InvalidRequest, 400, param), (error.Code, error.Status, error.Param));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input":"a","previous_response_id":"resp_1"}""", "previous_response_id", "previous_response_not_found")]
    [InlineData("""{"input":[{"id":"msg_1"}]}""", "input[0].id", "previous_response_not_found")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"}]}""", "input[0].id", "previous_response_not_found")]
    [InlineData("""{"input":"a","conversation":"conv_1"}""", "conversation", "unsupported_parameter")]
    [InlineData("""{"input":"a","prompt":{"id":"pmpt_1"}}""", "prompt", "unsupported_parameter")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}]}""", "input[0].content[0].file_id", "unsupported_parameter")]
    public void Read_WhatIsNotKeptOrKnownHere_IsRefusedByName(string body, string param, string code)
    {
        var error = Refusal(body);

        Assert.Equal((400, param, code), (error.Status, error.Param, RouterErrorTraits.Of(error.Code).Code));
    }

    [Theory]
    [InlineData("max_completion_tokens", "max_output_tokens")]
    [InlineData("response_format", "text.format")]
    [InlineData("response_format.json_schema", "text.format.json_schema")]
    [InlineData("reasoning_effort", "reasoning.effort")]
    [InlineData("messages[3].content", "input")]
    [InlineData("tools[2].function.name", "tools[2].name")]
    [InlineData("model", "model")]
    public void InOwnWords_NamesTheMemberAsTheCallerWroteIt(string param, string expected)
    {
        var error = ServerlessRouter.Doors.Responses.ResponsesDoor.Instance.InOwnWords(RouterError.InvalidRequest($"'{param}' is wrong.", param));

        Assert.Equal((expected, $"'{expected}' is wrong."), (error.Param, error.Message));
    }
}
