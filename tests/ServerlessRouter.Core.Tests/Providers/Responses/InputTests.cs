using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Responses;

/// <summary>What becomes of messages.</summary>
public sealed class InputTests
{
    private const string Reasoning = """{"type":"reasoning.encrypted","data":"sealed","id":"rs_1","format":"openai-responses-v1","index":1}""";

    [Fact]
    public void Messages_OfEveryRole_KeepTheirOrder() => ResponsesTranslation.AssertInput(
        """[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"developer","content":"Metric."},{"role":"user","content":""}]""",
        """
        [{"type":"message","role":"system","content":"Be brief."},{"type":"message","role":"user","content":"Hi"},{"type":"message","role":"assistant","content":"Yes?"},
         {"type":"message","role":"developer","content":"Metric."},{"type":"message","role":"user","content":""}]
        """);

    [Fact]
    public void Parts_OfAUser_AreTextImagesAndFiles() => ResponsesTranslation.AssertInput(
        """
        [{"role":"user","content":["plain",{"type":"text","text":"Look","cache_control":{"type":"ephemeral"}},{"type":"image_url","image_url":{"url":"https://x.test/a.png","detail":"low"}},
          {"type":"image_url","image_url":"data:image/png;base64,AA"},{"type":"file","file":{"file_data":"data:application/pdf;base64,AA","filename":"a.pdf"}},
          {"type":"file","file":{"file_data":"data:application/pdf;base64,AA"}},{"type":"file","file":{"file_id":"file-1"}},{"type":"file","file":{"file_data":"https://x.test/a.pdf"}}]}]
        """,
        """
        [{"type":"message","role":"user","content":[{"type":"input_text","text":"plain"},{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"https://x.test/a.png","detail":"low"},
          {"type":"input_image","image_url":"data:image/png;base64,AA","detail":"auto"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA"},
          {"type":"input_file","filename":"file","file_data":"data:application/pdf;base64,AA"},{"type":"input_file","file_id":"file-1"},{"type":"input_file","file_url":"https://x.test/a.pdf"}]}]
        """);

    [Theory]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}""")]
    [InlineData("""{"type":"video_url","video_url":{"url":"https://x.test"}}""")]
    [InlineData("""{"type":"image_url","image_url":{}}""")]
    [InlineData("""{"type":"file","file":{}}""")]
    [InlineData("""{"text":"x"}""")]
    [InlineData("7")]
    public void Part_ThatCannotGoUp_IsRefusedByItsPlace(string part) =>
        Assert.Equal("messages[0].content[0]", ResponsesTranslation.Of($$"""{"messages":[{"role":"user","content":[{{part}}]}]}""").RefusedParam);

    [Fact]
    public void Role_Unknown_IsRefused() => Assert.Equal("messages[0].role", ResponsesTranslation.Of("""{"messages":[{"role":"critic","content":"x"}]}""").RefusedParam);

    [Fact]
    public void Calls_AndTheirResults_AreItems() => ResponsesTranslation.AssertInput(
        """
        [{"role":"user","content":"Weather?"},
         {"role":"assistant","content":"I look.","tool_calls":[{"id":"c1","type":"function","function":{"name":"get","arguments":"{\"a\":1}"}},{"id":"c2","type":"custom","custom":{"name":"run","input":"ls"}},
           {"id":"c3","type":"function","function":{"name":"get","arguments":""}},{"id":"c4","type":"function","function":{"name":"get","arguments":{"a":1}}}]},
         {"role":"tool","tool_call_id":"c2","content":"a.txt"},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"7"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},
         {"role":"tool","tool_call_id":"c3","content":null},{"role":"tool","tool_call_id":"c4","content":{"celsius":7}}]
        """,
        """
        [{"type":"message","role":"user","content":"Weather?"},{"type":"message","role":"assistant","content":"I look."},
         {"type":"function_call","call_id":"c1","name":"get","arguments":"{\u0022a\u0022:1}"},{"type":"custom_tool_call","call_id":"c2","name":"run","input":"ls"},
         {"type":"function_call","call_id":"c3","name":"get","arguments":"{}"},{"type":"function_call","call_id":"c4","name":"get","arguments":"{\u0022a\u0022:1}"},
         {"type":"custom_tool_call_output","call_id":"c2","output":"a.txt"},
         {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"7"},{"type":"input_image","image_url":"data:image/png;base64,AA","detail":"auto"}]},
         {"type":"function_call_output","call_id":"c3","output":""},{"type":"function_call_output","call_id":"c4","output":"{\u0022celsius\u0022:7}"}]
        """);

    [Fact]
    public void Call_WithoutAResult_GetsOneBeforeTheNextMessage()
    {
        var translation = ResponsesTranslation.Of(
            """{"messages":[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"?"},{"role":"tool","tool_call_id":"c2","content":"late"}]}""");

        Assert.Equal("""{"type":"function_call_output","call_id":"c1","output":"(no result)"}""", translation.Member("input.2"));
        Assert.Equal("""{"type":"function_call_output","call_id":"c2","output":"late"}""", translation.Member("input.4"));
        Assert.Contains("no result", translation.ToldOf("messages"), StringComparison.Ordinal);
    }

    [Fact]
    public void Result_WithoutACall_IsATextOfTheUser()
    {
        var translation = ResponsesTranslation.Of("""{"messages":[{"role":"tool","tool_call_id":"c9","content":"7"}]}""");

        Assert.Equal(
            """[{"type":"input_text","text":"Result of the tool c9, whose call is not part of this conversation:"},{"type":"input_text","text":"7"}]""", translation.Member("input.0.content"));
        Assert.NotNull(translation.ToldOf("messages[0]"));
    }

    [Fact]
    public void Ids_ThatAreLongOrComeAgain_StayDistinctAndPaired()
    {
        var longId = new string('x', 100);
        var call = $$$"""{"role":"assistant","tool_calls":[{"id":"{{{longId}}}","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"{{{longId}}}","content":"7"}""";

        var input = ResponsesTranslation.Of("{\"messages\":[" + call + "," + call + "]}").Sent["input"]!.AsArray();

        var ids = input.Select(static item => (string)item!["call_id"]!).ToList();
        Assert.All(ids, static id => Assert.True(id.Length <= 64));
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(ids[2], ids[3]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    [Fact]
    public void OldFunctionCalls_ArePairedByName() => ResponsesTranslation.AssertInput(
        """[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"7"}]""",
        """[{"type":"function_call","call_id":"call","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call","output":"7"}]""");

    [Fact]
    public void Call_WithoutAName_IsRefused() => Assert.Equal(
        "messages[0].tool_calls[0].function.name", ResponsesTranslation.Of("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{}}]}]}""").RefusedParam);

    [Fact]
    public void Reasoning_GoesUpSealedAndWithoutItsId() => ResponsesTranslation.AssertInput(
        $$"""
        [{"role":"assistant","content":"Yes.","reasoning_details":[{"type":"reasoning.summary","summary":"**Hm","format":"openai-responses-v1","index":0},{"type":"reasoning.summary","summary":"**","index":0},{{Reasoning}}]}]
        """,
        """[{"type":"reasoning","summary":[{"type":"summary_text","text":"**Hm**"}],"encrypted_content":"sealed"},{"type":"message","role":"assistant","content":"Yes."}]""");

    [Theory]
    [InlineData($$"""{"role":"assistant","content":null,"reasoning_details":[{{Reasoning}}]}""")]
    [InlineData("""{"role":"assistant","content":"x","reasoning_details":[{"type":"reasoning.text","text":"Hm","signature":"s","format":"anthropic-claude-v1"}]}""")]
    [InlineData("""{"role":"assistant","content":"x","reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"google-gemini-v1"}]}""")]
    [InlineData("""{"role":"assistant","content":"x","reasoning_details":[{"type":"reasoning.summary","summary":"Hm","format":"openai-responses-v1"}]}""")]
    [InlineData("""{"role":"assistant","content":"x","reasoning_content":"Hm"}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"Hm"},{"type":"text","text":"x"}]}""")]
    public void Reasoning_ThatCannotGoUp_IsStripped(string message)
    {
        var translation = ResponsesTranslation.Of($$"""{"messages":[{{message}}]}""");

        Assert.DoesNotContain(translation.Sent["input"]!.AsArray(), static item => (string?)item!["type"] == "reasoning");
        Assert.Equal("""["reasoning"]""", translation.Told["stripped"]!.ToJsonString());
    }

    [Fact]
    public void Reasoning_ForAModelThatDoesNot_IsStripped() => ResponsesTranslation.AssertInput(
        $$"""[{"role":"assistant","content":"Yes.","reasoning_details":[{{Reasoning}}]}]""", """[{"type":"message","role":"assistant","content":"Yes."}]""", Capabilities.None);

    [Theory]
    [InlineData("rs_1.0123abcd", true)]
    [InlineData("rs_1", true)]
    [InlineData("rs.v1.long-name", true)]
    [InlineData("rs_1.ffffffff", false)]
    public void Reasoning_ThatAnotherAccountSealed_StaysOut(string id, bool goesUp)
    {
        var translation = ResponsesTranslation.Of(
            $$"""{"messages":[{"role":"assistant","content":"x","reasoning_details":[{{Reasoning.Replace("rs_1", id, StringComparison.Ordinal)}}]}]}""", origin: "0123abcd");

        Assert.Equal(goesUp, translation.Sent["input"]!.AsArray().Any(static item => (string?)item!["type"] == "reasoning"));
        Assert.Equal(goesUp, translation.Told["stripped"] is null);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":null}""")]
    [InlineData("""{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant","content":[]}""")]
    [InlineData("""{"role":"assistant"}""")]
    public void Assistant_ThatSaidNothing_IsNoItem(string message) => ResponsesTranslation.AssertInput($"[{message}]", "[]");

    [Fact]
    public void Assistant_WithARefusalAndParts_KeepsBoth() => ResponsesTranslation.AssertInput(
        """[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"output_text","text":"b"}],"refusal":"No."}]""",
        """[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"},{"type":"refusal","refusal":"No."}]}]""");

    [Theory]
    [InlineData("""{"role":"assistant","content":"x","phase":"commentary"}""")]
    [InlineData("""{"role":"assistant","content":"x","provider_specific_fields":{"phase":"commentary"}}""")]
    public void Phase_OfAnAssistant_GoesBackUp(string message) =>
        ResponsesTranslation.AssertInput($"[{message}]", """[{"type":"message","role":"assistant","phase":"commentary","content":"x"}]""");
}
