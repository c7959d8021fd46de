using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Anthropic;

/// <summary>What becomes of the messages of a conversation.</summary>
public sealed class HistoryTests
{
    [Theory]
    [InlineData("""[{"type":"thinking","thinking":"a","signature":"s"},{"type":"redacted_thinking","data":"d"}]""", """[{"type":"thinking","thinking":"a","signature":"s"},{"type":"redacted_thinking","data":"d"}]""")]
    [InlineData("""[{"type":"thinking","thinking":"a","signature":""},{"type":"thinking","thinking":"b"},{"type":"thinking","thinking":"","signature":"s"}]""", """[{"type":"thinking","thinking":"ab","signature":"s"}]""")]
    [InlineData("""[{"type":"thinking","thinking":"a","signature":"s"},{"type":"thinking","thinking":"b","signature":"t"}]""", """[{"type":"thinking","thinking":"a","signature":"s"},{"type":"thinking","thinking":"b","signature":"t"}]""")]
    [InlineData("""[{"type":"thinking","thinking":"","signature":"s"}]""", """[{"type":"thinking","thinking":"","signature":"s"}]""")]
    public void Write_ThinkingBlocks_StandFirst(string blocks, string expected) => AssertThinking("thinking_blocks", blocks, expected);

    [Theory]
    [InlineData("""[{"type":"reasoning.text","text":"a","signature":"s"}]""", """[{"type":"thinking","thinking":"a","signature":"s"}]""")]
    [InlineData("""[{"type":"reasoning.text","text":"a","index":0},{"type":"reasoning.text","text":"b","index":0},{"type":"reasoning.text","signature":"s","index":0}]""", """[{"type":"thinking","thinking":"ab","signature":"s"}]""")]
    [InlineData("""[{"type":"reasoning.text","text":"a","index":0},{"type":"reasoning.text","text":"x","index":2},{"type":"reasoning.text","signature":"s","index":0},{"type":"reasoning.text","signature":"t","index":2}]""",
        """[{"type":"thinking","thinking":"a","signature":"s"},{"type":"thinking","thinking":"x","signature":"t"}]""")]
    [InlineData("""[{"type":"reasoning.encrypted","data":"d","index":0},{"type":"reasoning.text","text":"a","signature":"s","index":1}]""", """[{"type":"redacted_thinking","data":"d"},{"type":"thinking","thinking":"a","signature":"s"}]""")]
    public void Write_ReasoningDetails_AreJoinedAndStandFirst(string details, string expected) => AssertThinking("reasoning_details", details, expected);

    [Theory]
    [InlineData("\"reasoning\":\"Hm.\"")]
    [InlineData("\"reasoning_content\":\"Hm.\"")]
    [InlineData("\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"Hm.\"}]")]
    [InlineData("\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\"Hm.\"}]")]
    [InlineData("\"content\":[{\"type\":\"reasoning\",\"text\":\"Hm.\"},{\"type\":\"text\",\"text\":\"y\"}]")]
    public void Write_ReasoningWithoutSignature_IsLeftOutAndTold(string member)
    {
        var translation = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant",{{{{{(member.Contains("content\":[", StringComparison.Ordinal) ? "" : "\"content\":\"y\",")}}}}}{{{{{member}}}}}},{"role":"user","content":"z"}]}""");

        Assert.Equal("""[{"type":"text","text":"y"}]""", translation.Member("messages.1.content"));
        Assert.Equal("""["reasoning"]""", translation.Told["stripped"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"\"", "{}")]
    [InlineData("\" \"", "{}")]
    [InlineData("\"null\"", "{}")]
    [InlineData("null", "{}")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("\"{\\\"a\\\":\\\"\\\\ud83d\\\"}\"", """{"a":"\uFFFD"}""")]
    [InlineData("\"\\\"{\\\\\\\"a\\\\\\\":1}\\\"\"", """{"a":1}""")]
    [InlineData("\"{\\\"a\\\":\"", """{"arguments":"{\u0022a\u0022:"}""")]
    [InlineData("[1]", """{"arguments":[1]}""")]
    public void Write_Arguments_AreAnObject(string arguments, string expected)
    {
        var call = $$$$$"""{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":{{{{{arguments}}}}}}}]}""";

        Assert.Equal(expected, Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{{{{{call}}}}},{"role":"tool","tool_call_id":"c","content":"4"}]}""").Member("messages.1.content.0.input"));
    }

    [Fact]
    public void Write_Ids_AreLegalAndStillDistinct()
    {
        var ids = new[] { "functions.t:0", "functions.t_0", "functions_t_0", new string('x', 65), new string('x', 64) };
        var calls = string.Join(',', ids.Select(id => $$$$$"""{"id":"{{{{{id}}}}}","type":"function","function":{"name":"t","arguments":"{}"}}"""));
        var results = string.Join(',', ids.Reverse().Select(id => $$$$$"""{"role":"tool","tool_call_id":"{{{{{id}}}}}","content":"{{{{{id}}}}}"}"""));

        var sent = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{{{{{calls}}}}}]},{{{{{results}}}}}]}""").Sent;

        var made = sent["messages"]![1]!["content"]!.AsArray().Select(block => (string)block!["id"]!).ToArray();
        var answered = sent["messages"]![2]!["content"]!.AsArray();
        Assert.Equal(ids.Length, made.Distinct().Count());
        Assert.All(made, id => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id));
        Assert.Equal(made, answered.Select(block => (string)block!["tool_use_id"]!));
        Assert.Equal(ids, answered.Select(block => (string)block!["content"]![0]!["text"]!));
    }

    [Fact]
    public void Write_CallsOfOneTurnThatShareAnId_GetTheResultsInTheirOrder()
    {
        const string Call = """{"id":"call_0","type":"function","function":{"name":"N","arguments":"{}"}}""";
        static string Result(string text) => $$$$$"""{"role":"tool","tool_call_id":"call_0","content":"{{{{{text}}}}}"}""";
        var both = $"{Call.Replace('N', 'a')},{Call.Replace('N', 'b')}";

        var sent = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{{{{{both}}}}}]},{{{{{Result("1")}}}}},{{{{{Result("2")}}}}},{"role":"assistant","tool_calls":[{{{{{Call}}}}}]},{{{{{Result("3")}}}}}]}""").Sent;

        string[] Of(int message, string member) => [.. sent["messages"]![message]!["content"]!.AsArray().Select(block => (string)block![member]!)];
        Assert.Equal(["call_0", "call_0_2"], Of(1, "id"));
        Assert.Equal(["call_0", "call_0_2"], Of(2, "tool_use_id"));
        Assert.Equal(["1", "2"], sent["messages"]![2]!["content"]!.AsArray().Select(block => (string)block!["content"]![0]!["text"]!));
        Assert.Equal(["call_0_3"], Of(4, "tool_use_id"));
        Assert.Equal("3", (string)sent["messages"]![4]!["content"]![0]!["content"]![0]!["text"]!);
    }

    [Fact]
    public void Write_BlocksOfTheVendorsOwnTools_AreLeftOutAndTold()
    {
        var translation = Translation.Of("""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","provider_specific_fields":{"content_blocks":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}}]}},{"role":"user","content":"z"}]}""");

        Assert.Equal("""[{"type":"text","text":"y"}]""", translation.Member("messages.1.content"));
        Assert.Equal("""["content_blocks"]""", translation.Told["stripped"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"a\"", """[{"type":"text","text":"a"},{"type":"text","text":"b"}]""")]
    [InlineData("""[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]""", """[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]""")]
    public void Write_SystemBesideTheMessages_ComesFirst(string system, string expected) =>
        Assert.Equal(expected, Translation.Of($$$$$"""{"system":{{{{{system}}}}},"messages":[{"role":"system","content":"b"},{"role":"user","content":"x"}]}""").Member("system"));

    [Fact]
    public void Write_SystemOfAnotherForm_IsRefused() => Assert.Equal("system", Translation.Of("""{"system":5}""").RefusedParam);

    [Theory]
    [InlineData("""[{"type":"text","text":"no"},{"type":"image_url","image_url":{"url":"https://x.test/a.png"}}]""", "no", true)]
    [InlineData("""[{"type":"image_url","image_url":{"url":"https://x.test/a.png"}}]""", "(failed)", true)]
    [InlineData("\"\"", "(failed)", false)]
    public void Write_ResultOfACallThatFailed_IsATextAndTheRestStandsBehindTheResults(string content, string text, bool hasImage)
    {
        var calls = string.Join(',', "ab".Select(id => $$$$$"""{"id":"{{{{{id}}}}}","type":"function","function":{"name":"t","arguments":"{}"}}"""));

        var blocks = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{{{{{calls}}}}}]},{"role":"tool","tool_call_id":"a","is_error":true,"content":{{{{{content}}}}}},{"role":"tool","tool_call_id":"b","content":"4"}]}""")
            .Sent["messages"]![2]!["content"]!.AsArray();

        Assert.Equal($$$$$"""{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"{{{{{text}}}}}"}],"is_error":true}""", blocks[0]!.ToJsonString());
        Assert.Equal(["tool_result", "tool_result", .. hasImage ? ["image"] : Array.Empty<string>()], blocks.Select(block => (string)block!["type"]!));
    }

    [Fact]
    public void Write_CallInBothForms_IsOne()
    {
        var translation = Translation.Of("""
            {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"text","text":"y"},{"type":"tool_use","id":"c","name":"t","input":{}},{"type":"tool_use","id":"d","name":"u","input":{"b":2}}],
             "tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"4"},{"role":"tool","tool_call_id":"d","content":"5"}]}
            """.Trim());

        Assert.Equal("""[{"type":"text","text":"y"},{"type":"tool_use","id":"d","name":"u","input":{"b":2}},{"type":"tool_use","id":"c","name":"t","input":{"a":1}}]""", translation.Member("messages.1.content"));
        Assert.Equal("""[{"type":"tool_result","tool_use_id":"d","content":[{"type":"text","text":"5"}]},{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"4"}]}]""", translation.Member("messages.2.content"));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void Write_ThinkingAlone_IsFollowedByAText(string content)
    {
        var assistant = $$$$$"""{"role":"assistant","content":{{{{{content}}}}},"thinking_blocks":[{"type":"thinking","thinking":"a","signature":"s"}]}""";

        var within = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{{{{{assistant}}}}},{"role":"user","content":"z"}]}""");
        Assert.Equal("""[{"type":"thinking","thinking":"a","signature":"s"},{"type":"text","text":"(nothing)"}]""", within.Member("messages.1.content"));

        // There is nothing to go on from, so the model is told to.
        var last = Translation.Of($$$$$"""{"reasoning_effort":"low","messages":[{"role":"user","content":"x"},{{{{{assistant}}}}}]}""");
        Assert.Equal("""[{"type":"text","text":"(Go on.)"}]""", last.Member("messages.2.content"));
        Assert.NotNull(last.Member("thinking"));
    }

    [Theory]
    [InlineData("data:image/jpg;base64,/9j/AA==", """{"type":"base64","media_type":"image/jpeg","data":"/9j/AA=="}""")]
    [InlineData("DATA:IMAGE/PNG;charset=utf-8;base64,iVBORw0KGgo=", """{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}""")]
    [InlineData("data:image/png;base64,/9j/AA", """{"type":"base64","media_type":"image/jpeg","data":"/9j/AA=="}""")]
    [InlineData("data:;base64,R0lGODlh", """{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}""")]
    [InlineData("data:image/webp;base64,UklG\\nRgAA", """{"type":"base64","media_type":"image/webp","data":"UklGRgAA"}""")]
    [InlineData("https://x.test/a.png", """{"type":"url","url":"https://x.test/a.png"}""")]
    [InlineData("HTTPS://x.test/a.PDF", """{"type":"url","url":"HTTPS://x.test/a.PDF"}""")]
    [InlineData("data:application/pdf;base64,JVBERi0x", """{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}""")]
    [InlineData("data:text/plain;charset=iso-8859-1;base64,R3L832U=", """{"type":"text","media_type":"text/plain","data":"Gr\u00FC\u00DFe"}""")]
    [InlineData("data:text/csv,a%2Cb", """{"type":"text","media_type":"text/plain","data":"a,b"}""")]
    [InlineData("data:application/json;base64,e30=", """{"type":"text","media_type":"text/plain","data":"{}"}""")]
    public void Write_Media_IsWhatItsDataSays(string url, string source) =>
        Assert.Equal(source, Translation.Of($$$$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{{{url}}}}}"}}]}]}""").Member("messages.0.content.0.source"));

    [Theory]
    [InlineData("""{"type":"image","source":{"type":"base64","media_type":"image/jpg","data":"/9j/AA=="}}""", """{"type":"base64","media_type":"image/jpeg","data":"/9j/AA=="}""")]
    [InlineData("""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"/9j/AA=="}}""", """{"type":"base64","media_type":"image/jpeg","data":"/9j/AA=="}""")]
    [InlineData("""{"type":"image","source":{"type":"file","file_id":"file_1"}}""", """{"type":"file","file_id":"file_1"}""")]
    [InlineData("""{"type":"image","data":"/9j/AA==","mimeType":"image/jpg"}""", """{"type":"base64","media_type":"image/jpeg","data":"/9j/AA=="}""")]
    [InlineData("""{"type":"image","image":"https://x.test/a.png"}""", """{"type":"url","url":"https://x.test/a.png"}""")]
    public void Write_ImageInAnotherForm_IsWhatItsDataSays(string part, string source) =>
        Assert.Equal(source, Translation.Of($$$$$"""{"messages":[{"role":"user","content":[{{{{{part}}}}}]}]}""").Member("messages.0.content.0.source"));

    [Theory]
    [InlineData("""{"type":"image"}""")]
    [InlineData("""{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"Qk0="}}""")]
    public void Write_ImageWithoutDataOrOfAnotherType_IsRefused(string part) =>
        Assert.Equal("messages[0].content[0]", Translation.Of($$$$$"""{"messages":[{"role":"user","content":[{{{{{part}}}}}]}]}""").RefusedParam);

    [Theory]
    [InlineData("http://x.test/a.png")]
    [InlineData("ftp://x.test/a.png")]
    [InlineData("data:image/png;base64")]
    [InlineData("data:image/png;base64,!!!!")]
    [InlineData("data:image/svg+xml;utf8,<svg/>")]
    [InlineData("data:audio/wav;base64,UklGRgAA")]
    [InlineData("data:text/plain;charset=klingon;base64,e30=")]
    [InlineData("")]
    public void Write_MediaOfAnotherKind_IsRefused(string url) =>
        Assert.Equal("messages[0].content[0]", Translation.Of($$$$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{{{url}}}}}"}}]}]}""").RefusedParam);

    [Theory]
    [InlineData("""{"file_data":"data:application/pdf;base64,JVBERi0x","filename":"a.pdf"}""", """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"},"title":"a.pdf"}""")]
    [InlineData("""{"file_data":"JVBERi0x"}""", """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}}""")]
    [InlineData("""{"file_data":"YWJj","filename":"a.TXT"}""", """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"abc"},"title":"a.TXT"}""")]
    [InlineData("""{"file_data":"https://x.test/paper"}""", """{"type":"document","source":{"type":"url","url":"https://x.test/paper"}}""")]
    [InlineData("""{"file_data":"data:text/plain;base64,IA=="}""", """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"(empty)"}}""")]
    [InlineData("""{"file_id":"file_011"}""", """{"type":"document","source":{"type":"file","file_id":"file_011"}}""")]
    public void Write_File_IsADocument(string file, string expected) =>
        Assert.Equal(expected, Translation.Of($$$$$"""{"messages":[{"role":"user","content":[{"type":"file","file":{{{{{file}}}}}}]}]}""").Member("messages.0.content.0"));

    [Fact]
    public void Write_PartsInTheVendorsOwnForm_PassAsTheyAre()
    {
        var image = """{"type":"image","source":{"type":"url","url":"https://x.test/a"}}""";
        var search = """{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}""";

        var translation = Translation.Of($$$$$"""{"messages":[{"role":"user","content":["Look:",{{{{{image}}}}}]},{"role":"assistant","content":[{{{{{search}}}}},{"type":"tool_use","id":"a.b","name":"t","input":{"x":1}}]},{"role":"user","content":[{"type":"text","text":"Hm"},{"type":"tool_result","tool_use_id":"a.b","content":"4","is_error":true}]}]}""");

        Assert.Equal($$$$$"""[{"type":"text","text":"Look:"},{{{{{image}}}}}]""", translation.Member("messages.0.content"));
        Assert.Equal($$$$$"""[{{{{{search}}}}},{"type":"tool_use","id":"a_b","name":"t","input":{"x":1}}]""", translation.Member("messages.1.content"));
        Assert.Equal("""[{"type":"tool_result","tool_use_id":"a_b","content":[{"type":"text","text":"4"}],"is_error":true},{"type":"text","text":"Hm"}]""", translation.Member("messages.2.content"));
    }

    [Fact]
    public void Write_CacheMarks_AreTakenFromEverywhereAndAnHourDoesNotFollowFiveMinutes()
    {
        var translation = Translation.Of("""
            {"tools":[{"type":"function","function":{"name":"t"},"cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "messages":[{"role":"system","content":"s","cache_control":{"type":"ephemeral"}},{"role":"user","content":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}]}
            """.Trim());

        Assert.Equal("""{"type":"ephemeral","ttl":"1h"}""", translation.Member("tools.0.cache_control"));
        Assert.Equal("""{"type":"ephemeral"}""", translation.Member("system.0.cache_control"));
        Assert.Equal("""{"type":"ephemeral"}""", translation.Member("messages.0.content.0.cache_control"));
        Assert.Equal("\"1h\" → \"5m\"", translation.ToldOf("cache_control.ttl"));
    }

    [Fact]
    public void Write_CacheMarkOfTheRequest_IsOneOfFourAndFollowsNoShorterOne()
    {
        const string Mark = """ "cache_control":{"type":"ephemeral"} """;
        var parts = string.Join(',', "abcd".Select(text => $$$$$"""{"type":"text","text":"{{{{{text}}}}}",{{{{{Mark}}}}}}"""));

        var translation = Translation.Of($$$$$"""{"cache_control":{"type":"ephemeral","ttl":"1h"},"messages":[{"role":"user","content":[{{{{{parts}}}}}]}]}""");

        Assert.Equal("a,c,d", string.Join(',', translation.Sent["messages"]![0]!["content"]!.AsArray().Where(part => part!["cache_control"] is not null).Select(part => (string)part!["text"]!)));
        Assert.Equal("""{"type":"ephemeral"}""", translation.Member("cache_control"));
        Assert.NotNull(translation.ToldOf("cache_control"));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"system","content":"s"}]}""", "messages[1].role", "\"system\" → \"system, at the beginning\"")]
    [InlineData("""{"messages":[{"role":"user","name":"Bob","content":"x"}]}""", "messages[0].name", "\"Bob\" → null")]
    [InlineData("""{"messages":[{"role":"assistant","content":"Hi"},{"role":"user","content":"x"}]}""", "messages", "null → \"(The conversation begins with the assistant.)\"")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.test/a","detail":"low"}}]}]}""", "messages[0].content[0].image_url.detail", "\"low\" → null")]
    public void Write_MessageThatIsChanged_IsTold(string members, string param, string told) => Assert.Equal(told, Translation.Of(members).ToldOf(param));

    private static void AssertThinking(string member, string value, string expected)
    {
        var translation = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","{{{{{member}}}}}":{{{{{value}}}}}},{"role":"user","content":"z"}]}""");

        Assert.Equal($$$$$"""{{{{{expected[..^1]}}}}},{"type":"text","text":"y"}]""", translation.Member("messages.1.content"));
        Assert.Null(translation.Told["stripped"]);
    }
}
