using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Responses;

/// <summary>What becomes of the members beside messages.</summary>
public sealed class ParameterTests
{
    [Fact]
    public void Request_OfEverything_IsTranslatedWhole()
    {
        var translation = ResponsesTranslation.Of(
            """
            {"max_completion_tokens":500,"max_tokens":900,"temperature":1.7,"top_p":0.5,"user":"u","safety_identifier":"s","metadata":{"a":"b"},"service_tier":"flex","prompt_cache_key":"k","verbosity":"low",
             "logprobs":true,"top_logprobs":2,"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"store":true,"parallel_tool_calls":false,"reasoning_effort":"high",
             "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}},"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}],
             "tool_choice":{"type":"function","function":{"name":"f"}}}
            """);

        var expected =
            """
            {"model":"m","input":[{"type":"message","role":"user","content":"x"}],"tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}],"tool_choice":{"type":"function","name":"f"},
             "parallel_tool_calls":false,"max_output_tokens":500,"text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}},"verbosity":"low"},"reasoning":{"effort":"high"},
             "store":false,"top_logprobs":2,"include":["reasoning.encrypted_content","message.output_text.logprobs"],"temperature":1.7,"top_p":0.5,"user":"u","safety_identifier":"s","metadata":{"a":"b"},
             "service_tier":"flex","prompt_cache_key":"k","stream":true,"stream_options":{"include_obfuscation":false}}
            """;
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), translation.Sent.ToJsonString());
        Assert.Equal("true → null", translation.ToldOf("store"));
    }

    [Fact]
    public void Request_OfTheLeast_KeepsNothingAtTheVendor() => Assert.Equal(
        """{"model":"m","input":[{"type":"message","role":"user","content":"x"}],"store":false}""", ResponsesTranslation.Of("{}", Capabilities.None).Sent.ToJsonString());

    [Fact]
    public void Limit_BelowTheLeast_IsRaisedAndTold()
    {
        var translation = ResponsesTranslation.Of("""{"max_tokens":1}""");

        Assert.Equal("16", translation.Member("max_output_tokens"));
        Assert.Equal("1 → 16", translation.ToldOf("max_tokens"));
    }

    [Theory]
    [InlineData("""{"n":2}""", "n")]
    [InlineData("""{"stop":"END"}""", "stop")]
    [InlineData("""{"stop":["END"]}""", "stop")]
    [InlineData("""{"audio":{"voice":"alloy"}}""", "audio")]
    [InlineData("""{"modalities":["text","audio"]}""", "modalities")]
    [InlineData("""{"response_format":{"type":"grammar"}}""", "response_format.type")]
    [InlineData("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"type":"function","function":{}}]}""", "tools[0].function.name")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":7}""", "tool_choice")]
    public void Member_WithoutWhichTheAnswerWouldBeAnother_IsRefused(string members, string param) => Assert.Equal(param, ResponsesTranslation.Of(members).RefusedParam);

    [Theory]
    [InlineData("""{"n":1}""")]
    [InlineData("""{"stop":null}""")]
    [InlineData("""{"stop":[]}""")]
    [InlineData("""{"modalities":["text"]}""")]
    [InlineData("""{"frequency_penalty":0}""")]
    [InlineData("""{"store":false}""")]
    [InlineData("""{"logit_bias":{}}""")]
    public void Member_ThatAsksForWhatIsSoAnyway_IsNotTold(string members)
    {
        var translation = ResponsesTranslation.Of(members);

        Assert.Null(translation.RefusedParam);
        Assert.Equal("{}", translation.Told.ToJsonString());
        Assert.Null(translation.Sent["n"]);
    }

    [Theory]
    [InlineData("seed", "7")]
    [InlineData("logit_bias", """{"5":1}""")]
    [InlineData("frequency_penalty", "0.5")]
    [InlineData("prediction", """{"type":"content","content":"x"}""")]
    [InlineData("previous_response_id", "\"resp_1\"")]
    [InlineData("background", "true")]
    public void Member_WithoutCounterpart_IsLeftOutAndTold(string name, string value)
    {
        var translation = ResponsesTranslation.Of($$"""{"{{name}}":{{value}}}""");

        Assert.Null(translation.RefusedParam);
        Assert.Null(translation.Sent[name]);
        Assert.NotNull(translation.ToldOf(name));
    }

    [Theory]
    [InlineData("""{"reasoning_effort":"low"}""", """{"effort":"low"}""")]
    [InlineData("""{"reasoning_effort":"none"}""", """{"effort":"none"}""")]
    [InlineData("""{"reasoning_effort":{"effort":"low","summary":"detailed"}}""", """{"effort":"low","summary":"detailed"}""")]
    [InlineData("""{"reasoning":{"effort":"xhigh"}}""", """{"effort":"xhigh","summary":"auto"}""")]
    [InlineData("""{"reasoning":{"effort":"high","exclude":true}}""", """{"effort":"high"}""")]
    [InlineData("""{"reasoning":{"effort":"high","summary":"concise","context":"all_turns"}}""", """{"effort":"high","summary":"concise","context":"all_turns"}""")]
    [InlineData("""{"reasoning":{"enabled":true}}""", """{"summary":"auto"}""")]
    [InlineData("""{"reasoning":{"enabled":false}}""", """{"effort":"none"}""")]
    [InlineData("""{"reasoning":{"max_tokens":2000}}""", """{"effort":"low","summary":"auto"}""")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":10000}}""", """{"effort":"medium","summary":"auto"}""")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":31999}}""", """{"effort":"high","summary":"auto"}""")]
    [InlineData("""{"thinking":{"type":"disabled"}}""", null)]
    [InlineData("{}", null)]
    public void Reasoning_InAnyWords_IsAnEffortAndASummary(string members, string? expected) => Assert.Equal(expected, ResponsesTranslation.Of(members).Member("reasoning"));

    [Fact]
    public void Reasoning_OfAModelThatDoesNot_IsNeverAskedFor()
    {
        var sent = ResponsesTranslation.Of("""{"reasoning":{"effort":"low"}}""", Capabilities.None).Sent;

        Assert.Null(sent["reasoning"]);
        // It would answer 400: "Encrypted content is not supported with this model."
        Assert.Null(sent["include"]);
    }

    [Theory]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}""")]
    [InlineData("""{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":null}}""", """{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":false}""")]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object"}}""", """{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}""")]
    [InlineData("""{"type":"custom","custom":{"name":"c","description":"d","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}}""", """{"type":"custom","name":"c","description":"d","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}""")]
    [InlineData("""{"type":"custom","custom":{"name":"c","format":{"type":"text"}}}""", """{"type":"custom","name":"c","format":{"type":"text"}}""")]
    [InlineData("""{"type":"web_search","search_context_size":"low"}""", """{"type":"web_search","search_context_size":"low"}""")]
    public void Tool_StandsFlatAndSaysWhetherItIsStrict(string tool, string expected) => Assert.Equal(expected, ResponsesTranslation.Of($$"""{"tools":[{{tool}}]}""").Member("tools.0"));

    [Theory]
    [InlineData("\"required\"", "\"required\"")]
    [InlineData("\"any\"", "\"required\"")]
    [InlineData("""{"type":"custom","custom":{"name":"c"}}""", """{"type":"custom","name":"c"}""")]
    [InlineData("""{"type":"tool","name":"f"}""", """{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"web_search"}""", """{"type":"web_search"}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}}""", """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""")]
    public void ToolChoice_StandsFlat(string choice, string expected) =>
        Assert.Equal(expected, ResponsesTranslation.Of($$$"""{"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}}}""").Member("tool_choice"));

    [Fact]
    public void ToolChoice_WithoutTools_IsLeftOut() => Assert.Null(ResponsesTranslation.Of("""{"tools":[],"tool_choice":"auto","parallel_tool_calls":true}""").Sent["tool_choice"]);

    [Fact]
    public void Functions_OfOld_AreToolsCalledOneAtATime()
    {
        var translation = ResponsesTranslation.Of("""{"functions":[{"name":"f"}],"function_call":{"name":"f"}}""");

        Assert.Equal("""{"type":"function","name":"f"}""", translation.Member("tool_choice"));
        Assert.Equal("false", translation.Member("parallel_tool_calls"));
        Assert.NotNull(translation.ToldOf("functions"));
    }

    [Fact]
    public void WebSearchOptions_AreATool() => Assert.Equal(
        """[{"type":"web_search","search_context_size":"high","user_location":{"type":"approximate","country":"NO"}}]""",
        ResponsesTranslation.Of("""{"web_search_options":{"search_context_size":"high","user_location":{"type":"approximate","approximate":{"country":"NO"}}}}""").Member("tools"));

    [Theory]
    [InlineData("""{"type":"json_object"}""", """{"type":"json_object"}""")]
    [InlineData("""{"type":"text"}""", """{"type":"text"}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"schema":{"type":"object"}}}""", """{"type":"json_schema","name":"response","schema":{"type":"object"}}""")]
    [InlineData("""{"type":"json_schema","name":"n","schema":{"type":"object"}}""", """{"type":"json_schema","name":"n","schema":{"type":"object"}}""")]
    public void Format_StandsFlat(string format, string expected) => Assert.Equal(expected, ResponsesTranslation.Of($$"""{"response_format":{{format}}}""").Member("text.format"));

    [Fact]
    public void Include_OfTheCallers_ComesBesideTheRouters() => Assert.Equal(
        """["reasoning.encrypted_content","web_search_call.action.sources"]""",
        ResponsesTranslation.Of("""{"include":["web_search_call.action.sources","reasoning.encrypted_content",7]}""").Member("include"));
}
