using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Responses.DoorScene;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>The items of a request's input as chat messages.</summary>
public sealed class ResponsesInputTests
{
    [Theory]
    [InlineData("""{"role":"user","content":"a"}""", """{"role":"user","content":"a"}""")]
    [InlineData("""{"type":"message","id":"msg_1","status":"completed","role":"developer","content":"a"}""", """{"role":"developer","content":"a"}""")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"a"}]}""", """{"role":"user","content":"a"}""")]
    [InlineData("""{"role":"user","content":[]}""", """{"role":"user","content":""}""")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]}""", """{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_text","text":"a","cache_control":{"type":"ephemeral"}}]}""",
        """{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA","detail":"low"}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_image","image_url":"https://a.b/c.png","detail":"original","file_id":null}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.b/c.png","detail":"high"}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA","file_id":null}]}""",
        """{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA"}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_file","file_url":"https://a.b/c.pdf"}]}""", """{"role":"user","content":[{"type":"file","file":{"file_url":"https://a.b/c.pdf"}}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}""",
        """{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}""")]
    [InlineData(
        """{"type":"message","id":"msg_1","role":"assistant","status":"completed","phase":"final_answer","content":[{"type":"output_text","text":"a","annotations":[],"logprobs":[]}]}""",
        """{"role":"assistant","content":"a"}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}""", """{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}""")]
    public void Read_Message_IsAChatMessage(string item, string expected) => Same($"[{expected}]", MessagesOf(item));

    [Fact]
    public void Read_BareTexts_AreTheUsers() => Same("""[{"role":"user","content":"a"},{"role":"user","content":"b"}]""", MessagesOf("\"a\",\"b\""));

    [Fact]
    public void Read_NeighboursOfTheAssistant_AreOneMessage() => Same(
        """
        [{"role":"user","content":"Weather?"},
         {"role":"assistant","content":"I look.","reasoning_details":[{"type":"reasoning.summary","summary":"Hm","index":0},{"type":"reasoning.encrypted","data":"gAAA","id":"rs_1","format":"openai-responses-v1","index":1}],
          "tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},{"id":"c2","type":"custom","custom":{"name":"exec","input":"ls"}}]},
         {"role":"tool","tool_call_id":"c1","content":"sun"},
         {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},
         {"role":"assistant","content":"Sunny."}]
        """,
        MessagesOf("""
            {"role":"user","content":"Weather?"},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"gAAA"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
            {"type":"function_call","id":"fc_1","call_id":"c1","name":"look","arguments":"{\"a\":1}","status":"completed"},
            {"type":"custom_tool_call","id":"ctc_1","call_id":"c2","name":"exec","input":"ls"},
            {"type":"function_call_output","call_id":"c1","output":"sun"},
            {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"data:image/png;base64,AA"}]},
            {"type":"message","role":"assistant","content":"Sunny."}
            """));

    [Fact]
    public void Read_SeveralTextsOfTheAssistant_AreItsParts() => Same(
        """[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]""",
        MessagesOf("""{"role":"assistant","content":"a"},{"type":"function_call","call_id":"c","name":"f"},{"role":"assistant","content":[{"type":"output_text","text":"b"}]}"""));

    [Fact]
    public void Read_ResultBehindOtherItems_StandsBehindItsCall() => Same(
        """
        [{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"},{"role":"user","content":"look"}]
        """,
        MessagesOf("""
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
            {"type":"function_call_output","call_id":"c2","output":"2"},{"role":"user","content":"look"},{"type":"function_call_output","call_id":"c1","output":"1"}
            """));

    [Fact]
    public void Read_IdsUsedAgain_KeepTheirOwnResults() => Same(
        """
        [{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"1"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"2"}]
        """,
        MessagesOf("""
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"1"},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"2"}
            """));

    [Fact]
    public void Read_ResultWithoutACall_StaysWhereItStands() =>
        Same("""[{"role":"tool","tool_call_id":"c","content":"1"},{"role":"user","content":"a"}]""", MessagesOf("""{"type":"function_call_output","call_id":"c","output":"1"},"a" """));

    [Fact]
    public void Read_ThoughtsThatNothingCameOf_AreLeftOut() => Same("""[{"role":"user","content":"a"}]""", MessagesOf("""{"type":"reasoning","summary":[{"type":"summary_text","text":"x"}]},"a" """));

    [Fact]
    public void Read_EmptyReasoning_IsNone() => Same("""[{"role":"assistant","content":"a"}]""", MessagesOf("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":null},{"role":"assistant","content":"a"}"""));

    [Fact]
    public void Read_ReasoningThatNothingSeals_IsReasoningContent() => Same(
        """[{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"x\ny","index":0}],"reasoning_content":"x\ny"}]""",
        MessagesOf("""{"type":"reasoning","content":[{"type":"reasoning_text","text":"x\ny"}],"summary":[]},{"role":"assistant","content":"a"}"""));

    [Fact]
    public void Read_CallOfANamespace_HasTheNameOfItsChatTool() => Same(
        """[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"team__ask","arguments":"{}"}}]}]""",
        MessagesOf("""{"type":"function_call","call_id":"c","namespace":"team","name":"ask","arguments":{}}"""));

    [Fact]
    public void Read_WhatVendorsToolsDid_IsLeftOut() => Same("""[{"role":"assistant","content":"a"}]""", MessagesOf("""{"type":"web_search_call","id":"ws_1","status":"completed"},{"role":"assistant","content":"a"}"""));

    /// <summary>As Codex sends each turn: nothing stored, the whole history, encrypted reasoning, function and custom tools.</summary>
    [Fact]
    public void Read_TurnOfACodingAgent_LosesNothing() => Same(
        """
        {"model":"auto","stream":true,"prompt_cache_key":"019a","stream_options":{"include_usage":true},"reasoning_effort":"medium","verbosity":"low",
         "messages":[
          {"role":"system","content":"You are a coding agent."},{"role":"developer","content":"<permissions/>"},{"role":"user","content":"<environment_context/>"},{"role":"user","content":"fix it"},
          {"role":"assistant","content":"Looking.","reasoning_details":[{"type":"reasoning.encrypted","data":"gAAA","format":"openai-responses-v1","index":0}],
           "tool_calls":[{"id":"call_1","type":"function","function":{"name":"shell_command","arguments":"{\"command\":\"ls\"}"}}]},
          {"role":"tool","tool_call_id":"call_1","content":"a.cs"},
          {"role":"assistant","content":null,"tool_calls":[{"id":"call_2","type":"custom","custom":{"name":"apply_patch","input":"*** Begin Patch"}}]},
          {"role":"tool","tool_call_id":"call_2","content":"Done"}],
         "tools":[{"type":"function","function":{"name":"shell_command","description":"Runs","strict":false,"parameters":{"type":"object","properties":{"command":{"type":"string"}},"additionalProperties":false}}},
          {"type":"custom","custom":{"name":"apply_patch","description":"Edits","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: begin"}}}}],
         "parallel_tool_calls":false,"tool_choice":"auto"}
        """,
        ChatOf("""
            {"model":"auto","instructions":"You are a coding agent.","input":[
             {"type":"message","role":"developer","content":[{"type":"input_text","text":"<permissions/>"}]},
             {"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context/>"}]},
             {"type":"message","role":"user","content":[{"type":"input_text","text":"fix it"}]},
             {"type":"reasoning","summary":[],"content":null,"encrypted_content":"gAAA"},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Looking."}]},
             {"type":"function_call","name":"shell_command","arguments":"{\"command\":\"ls\"}","call_id":"call_1"},
             {"type":"function_call_output","call_id":"call_1","output":"a.cs"},
             {"type":"custom_tool_call","status":"completed","call_id":"call_2","name":"apply_patch","input":"*** Begin Patch"},
             {"type":"custom_tool_call_output","call_id":"call_2","output":"Done"}],
             "tools":[{"type":"function","name":"shell_command","description":"Runs","strict":false,"parameters":{"type":"object","properties":{"command":{"type":"string"}},"additionalProperties":false}},
              {"type":"custom","name":"apply_patch","description":"Edits","format":{"type":"grammar","syntax":"lark","definition":"start: begin"}}],
             "tool_choice":"auto","parallel_tool_calls":false,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"stream":true,
             "include":["reasoning.encrypted_content"],"prompt_cache_key":"019a","text":{"verbosity":"low"}}
            """));
}
