using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Anthropic;

/// <summary>What becomes of tools, their schemas and the choice among them.</summary>
public sealed class ToolTests
{
    private const string Two = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"read\"}},{\"type\":\"function\",\"function\":{\"name\":\"delete\"}}]";
    private const string Empty = """{"type":"object","properties":{}}""";

    [Theory]
    [InlineData("null", Empty)]
    [InlineData("true", Empty)]
    [InlineData("false", Empty)]
    [InlineData("{}", Empty)]
    [InlineData("""{"type":"object"}""", Empty)]
    [InlineData("""{"type":"object","properties":null,"required":null}""", Empty)]
    [InlineData("""{"properties":{"a":{"type":"string"}},"required":["a"]}""", """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{}}}""", """{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":true}}""", """{"type":"object","properties":{"a":{"type":"string"},"b":true}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false,"description":"d","$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false,"description":"d"}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"}},"required":["b"]},"B":{"type":"string"}}}""",
        """{"type":"object","properties":{"b":{"$ref":"#/$defs/B"}},"required":["b"],"$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"}},"required":["b"]},"B":{"type":"string"}}}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a","b"]}""")]
    [InlineData("""{"oneOf":[{"properties":{"k":{"const":"x"},"a":{}},"required":["k","a"]},{"properties":{"k":{"const":"y"}},"required":["k"]},{"type":"null"}]}""",
        """{"type":"object","properties":{"k":{"anyOf":[{"const":"x"},{"const":"y"}]},"a":{}},"required":["k"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"required":["c"],"anyOf":[{"required":["a"]},{"required":["b"]}]}""", """{"type":"object","properties":{"a":{},"b":{}},"required":["c"]}""")]
    [InlineData("""{"properties":{"a":{"type":"array","items":[{"type":"string"},{"type":"number"}]},"b":{"type":"number","minimum":1,"exclusiveMinimum":true},"c":{"type":"string","required":true,"format":null},"d":{"anyOf":[{"type":"any"},{"default":null}]}}}""",
        """{"type":"object","properties":{"a":{"type":"array","prefixItems":[{"type":"string"},{"type":"number"}]},"b":{"type":"number","exclusiveMinimum":1},"c":{"type":"string"},"d":{"anyOf":[{},{"default":null}]}}}""")]
    public void Write_Parameters_AreTheSchemaOfOneObject(string parameters, string expected) =>
        Assert.Equal(expected, Translation.Of($$$$$"""{"tools":[{"type":"function","function":{"name":"t","parameters":{{{{{parameters}}}}}}}]}""").Member("tools.0.input_schema"));

    [Theory]
    [InlineData("""{"type":"string"}""", "tools[0].function.parameters")]
    [InlineData("[]", "tools[0].function.parameters")]
    [InlineData("""{"$ref":"https://x.test/schema"}""", "tools[0].function.parameters")]
    [InlineData("""{"$ref":"#"}""", "tools[0].function.parameters")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "tools[0].function.parameters")]
    [InlineData("""{"properties":{"a b":{}}}""", "tools[0].function.parameters.properties")]
    public void Write_ParametersOfNoObject_AreRefused(string parameters, string param) =>
        Assert.Equal(param, Translation.Of($$$$$"""{"tools":[{"type":"function","function":{"name":"t","parameters":{{{{{parameters}}}}}}}]}""").RefusedParam);

    [Fact]
    public void Write_ReferencesThatMultiplyEachOther_EndInARefusal()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 30).Select(place => $$$$$"""
            "d{{{{{place}}}}}":{"anyOf":[{"$ref":"#/$defs/d{{{{{place + 1}}}}}"},{"$ref":"#/$defs/d{{{{{place + 1}}}}}"}]}
            """));

        Assert.Equal("tools[0].function.parameters", Translation.Of($$$$$"""{"tools":[{"type":"function","function":{"name":"t","parameters":{"$ref":"#/$defs/d0","$defs":{{{{{{definitions}}}}},"d30":{"type":"object"} } }}}]}""").RefusedParam);
    }

    [Theory]
    [InlineData("""{"type":"function","function":{"name":"t","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"]}}}""",
        """{"name":"t","input_schema":{"type":"object","properties":{"a":{"type":"integer","description":"{minimum: 1}"}},"required":["a"],"additionalProperties":false},"strict":true}""")]
    [InlineData("""{"type":"function","function":{"name":"t","strict":true,"parameters":{"type":"object","additionalProperties":{"type":"string"}}}}""",
        """{"name":"t","input_schema":{"type":"object","properties":{},"additionalProperties":{"type":"string"}}}""")]
    [InlineData("""{"type":"function","function":{"name":"t","cache_control":{"type":"ephemeral","ttl":"1h"}},"defer_loading":true}""",
        """{"name":"t","input_schema":{"type":"object","properties":{}},"defer_loading":true,"cache_control":{"type":"ephemeral","ttl":"1h"}}""")]
    [InlineData("""{"type":"function","name":"t","description":"d","parameters":{}}""", """{"name":"t","description":"d","input_schema":{"type":"object","properties":{}}}""")]
    [InlineData("""{"name":"t","input_schema":{"type":"object"}}""", """{"name":"t","input_schema":{"type":"object"}}""")]
    [InlineData("""{"type":"text_editor_20250728","name":"str_replace_based_edit_tool","cache_control":{"type":"ephemeral"}}""", """{"type":"text_editor_20250728","name":"str_replace_based_edit_tool","cache_control":{"type":"ephemeral"}}""")]
    public void Write_Tool_IsTheVendors(string tool, string expected) => Assert.Equal(expected, Translation.Of($$$$$"""{"tools":[{{{{{tool}}}}}]}""").Member("tools.0"));

    [Theory]
    [InlineData("""{"tools":[{"type":"web_search_preview"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].function.name")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a b"}}]}""", "tools[0].function.name")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"a"}}]}""", "tools[1].function.name")]
    [InlineData("""{"functions":[{"name":"a/b"}]}""", "functions[0].function.name")]
    public void Write_ToolThatCannotBe_IsRefused(string members, string param) => Assert.Equal(param, Translation.Of(members).RefusedParam);

    [Theory]
    [InlineData("\"auto\"", """{"type":"auto"}""", "read,delete")]
    [InlineData("\"none\"", """{"type":"none"}""", "read,delete")]
    [InlineData("\"required\"", """{"type":"any"}""", "read,delete")]
    [InlineData("null", null, "read,delete")]
    [InlineData("""{"type":"function","function":{"name":"read"}}""", """{"type":"tool","name":"read"}""", "read,delete")]
    [InlineData("""{"type":"tool","name":"read"}""", """{"type":"tool","name":"read"}""", "read,delete")]
    [InlineData("""{"type":"any"}""", """{"type":"any"}""", "read,delete")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"read"}}]}}""", """{"type":"auto"}""", "read")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"read"}}]}}""", """{"type":"any"}""", "read")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"delete"}]}""", """{"type":"any"}""", "delete")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}""", """{"type":"none"}""", "read,delete")]
    public void Write_ToolChoice_IsTheVendors(string choice, string? expected, string offered)
    {
        var translation = Translation.Of($$$$$"""{{{{{{Two}}}}},"tool_choice":{{{{{choice}}}}}}""");

        Assert.Equal(expected, translation.Member("tool_choice"));
        Assert.Equal(offered, string.Join(',', translation.Sent["tools"]!.AsArray().Select(tool => (string)tool!["name"]!)));
    }

    [Theory]
    [InlineData("\"sometimes\"", "tool_choice")]
    [InlineData("5", "tool_choice")]
    [InlineData("""{"type":"custom","custom":{"name":"write"}}""", "tool_choice")]
    [InlineData("""{"type":"function","function":{"name":"write"}}""", "tool_choice")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[]}}""", "tool_choice.allowed_tools.tools")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"write"}}]}}""", "tool_choice.allowed_tools.tools")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"never","tools":[]}}""", "tool_choice.allowed_tools.mode")]
    public void Write_ToolChoiceThatCannotBe_IsRefused(string choice, string param) => Assert.Equal(param, Translation.Of($$$$$"""{{{{{{Two}}}}},"tool_choice":{{{{{choice}}}}}}""").RefusedParam);

    [Theory]
    [InlineData("""{"tool_choice":"required"}""")]
    [InlineData("""{"tools":[],"tool_choice":{"type":"any"}}""")]
    [InlineData("""{"tool_choice":"required","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"4"}]}""")]
    public void Write_DemandForACallWithoutTools_IsRefused(string members) => Assert.Equal("tool_choice", Translation.Of(members).RefusedParam);

    [Fact]
    public void Write_ToolsOfTheHistoryAlone_HaveTheirLegalNamesOnce()
    {
        var calls = string.Join(',', new[] { "mcp.search", "mcp:search", "t" }.Select((name, number) => $$$$$"""{"id":"c{{{{{number}}}}}","type":"function","function":{"name":"{{{{{name}}}}}","arguments":"{}"}}"""));

        var translation = Translation.Of($$$$$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{{{{{calls}}}}}]}]}""");

        Assert.Equal(["mcp_search", "t"], translation.Sent["tools"]!.AsArray().Select(tool => (string)tool!["name"]!));
        Assert.Equal("\"mcp_search\"", translation.Member("messages.1.content.0.name"));
        Assert.Equal("null → \"mcp_search, t\"", translation.ToldOf("tools"));
    }

    [Fact]
    public void Write_StrictToolsBeyondTheVendorsLimits_AreNotStrictAndTold()
    {
        static string Tool(int number, string properties, string required) =>
            $$$$$"""{"type":"function","function":{"name":"t{{{{{number}}}}}","strict":true,"parameters":{"type":"object","properties":{{{{{{properties}}}}}},"required":[{{{{{required}}}}}],"additionalProperties":false}}}""";
        static string Properties(int count, string type) => string.Join(',', Enumerable.Range(0, count).Select(number => $$$$$"""{"p{{{{{number}}}}}":{"type":{{{{{type}}}}}}}"""[1..^1]));
        static string Names(int count) => string.Join(',', Enumerable.Range(0, count).Select(number => $"\"p{number}\""));
        static string Strict(params string[] tools) =>
            string.Join(',', Translation.Of($$$$$"""{"tools":[{{{{{string.Join(',', tools)}}}}}]}""").Sent["tools"]!.AsArray().Select((tool, number) => tool!["strict"] is null ? "" : $"{number}"));

        Assert.Equal(string.Join(',', Enumerable.Range(0, 20)) + ",", Strict([.. Enumerable.Range(0, 21).Select(number => Tool(number, "", ""))]));
        Assert.Equal("0,,2", Strict(Tool(0, Properties(20, "\"string\""), ""), Tool(1, Properties(5, "\"string\""), ""), Tool(2, Properties(4, "\"string\""), "")));
        Assert.Equal("0,", Strict(Tool(0, Properties(16, """["string","null"]"""), Names(16)), Tool(1, Properties(1, """["string","null"]"""), Names(1))));
        Assert.Equal("true → null", Translation.Of($$$$$"""{"tools":[{{{{{Tool(0, Properties(25, "\"string\""), "")}}}}}]}""").ToldOf("tools[0].function.strict"));
    }

    [Fact]
    public void Write_ForcedToolForAModelThatRefusesIt_IsRefused() => Assert.Equal("tool_choice", Translation.Of($$$$$"""{{{{{{Two}}}}},"tool_choice":"required"}""", "claude-opus-5-5").RefusedParam);

    [Fact]
    public void Write_OldFunctions_AreToolsOneAtATimeAndTold()
    {
        var translation = Translation.Of("""{"functions":[{"name":"read","description":"d"}],"function_call":"auto"}""");

        Assert.Equal("""[{"name":"read","description":"d","input_schema":{"type":"object","properties":{}}}]""", translation.Member("tools"));
        Assert.Equal("""{"type":"auto","disable_parallel_tool_use":true}""", translation.Member("tool_choice"));
        Assert.NotNull(translation.ToldOf("functions"));
    }

    [Fact]
    public void Write_OneCallAtATimeInTheVendorsOwnForm_GoesUp() => Assert.Equal(
        """{"type":"any","disable_parallel_tool_use":true}""", Translation.Of($$$$$"""{{{{{{Two}}}}},"tool_choice":{"type":"any","disable_parallel_tool_use":true}}""").Member("tool_choice"));

    [Theory]
    [InlineData("\"auto\"", """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData("\"required\"", """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData("\"none\"", """{"type":"none"}""")]
    [InlineData("null", """{"type":"auto","disable_parallel_tool_use":true}""")]
    public void Write_OneCallAtATime_GoesWithTheChoice(string choice, string expected) =>
        Assert.Equal(expected, Translation.Of($$$$$"""{{{{{{Two}}}}},"parallel_tool_calls":false,"tool_choice":{{{{{choice}}}}}}""").Member("tool_choice"));

    /// <summary>As Codex offers its own: <c>apply_patch</c> by a grammar.</summary>
    [Fact]
    public void Write_CustomTool_IsAFunctionWithOneText()
    {
        var translation = Translation.Of("""
            {"tools":[{"type":"custom","custom":{"name":"apply_patch","description":"Edits files.","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: \"x\""}}}},{"type":"custom","custom":{"name":"note"}}],
             "tool_choice":{"type":"custom","custom":{"name":"note"}},
             "messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"apply_patch","input":"{\"not\": json"}}]},{"role":"tool","tool_call_id":"c","content":"done"}]}
            """.Trim());

        Assert.Null(translation.RefusedParam);
        Assert.Equal("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}""", translation.Member("tools.0.input_schema"));
        Assert.Equal("Edits files.\n\nThe input must follow this grammar (lark):\nstart: \"x\"", (string?)translation.Sent["tools"]![0]!["description"]);
        Assert.Null(translation.Member("tools.1.description"));
        Assert.Equal("""{"type":"tool","name":"note"}""", translation.Member("tool_choice"));
        Assert.Equal("{\"not\": json", (string?)translation.Sent["messages"]![1]!["content"]![0]!["input"]!["input"]);
        Assert.Equal("\"custom\" → \"function\"", translation.ToldOf("tools[0].type"));
    }
}
