using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Whatever callers of OpenAI's schema send, Anthropic's API gets a request that it takes, and they are told what was changed; or they get a 400 that names the member.</summary>
public sealed class AnthropicRequestTests(ClaudeWorld world) : IClassFixture<ClaudeWorld>
{
    private const string Tool = """{"type":"function","function":{"name":"thermometer","parameters":{"type":"object","properties":{}}}}""";
    private const string Call = """{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"thermometer","arguments":"{}"}}]}""";
    private const string Result = """{"role":"tool","tool_call_id":"call_1","content":"4"}""";
    private const string User = """{"role":"user","content":"How cold?"}""";

    /// <summary>Name, model, members of the request, member of what the vendor gets, its value.</summary>
    private static readonly (string Name, string Model, string Request, string Member, string? Expected)[] Rows =
    [
        ("a history with calls and no tools", ClaudeWorld.Older, $$$$$"""{"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}}]}""", "tools",
            """[{"name":"thermometer","input_schema":{"type":"object","properties":{}}}]"""),
        ("a history with calls and no tools: none may be called", ClaudeWorld.Older, $$$$$"""{"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}}]}""", "tool_choice", """{"type":"none"}"""),
        ("a call without its result", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{"role":"user","content":"Well?"}]}""", "messages.2.content",
            """[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"(no result)"}]},{"type":"text","text":"Well?"}]"""),
        ("a call at the end", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}}]}""", "messages.2.content.0.tool_use_id", "\"call_1\""),
        ("a result without its call", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Result}}}}}]}""", "messages.0.content.2", """{"type":"text","text":"4"}"""),
        ("two results of one call", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}},{{{{{Result}}}}}]}""", "messages.2.content",
            """[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"4"},{"type":"text","text":"4"}]}]"""),
        ("a text before the last result", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{"role":"user","content":"Hurry"},{{{{{Result}}}}}]}""", "messages.2.content",
            """[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"4"}]},{"type":"text","text":"Hurry"}]"""),
        ("a result behind the next answer", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{"role":"user","content":"Hurry"},{"role":"assistant","content":"Soon."},{{{{{Result}}}}}]}""", "messages.2.content.0.type",
            "\"tool_result\""),
        ("ids that another vendor repeats", ClaudeWorld.Older, $$$$$"""{"tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}},{{{{{Call}}}}},{{{{{Result}}}}}]}""", "messages.4.content.0.tool_use_id", "\"call_1_2\""),
        ("the old function_call", ClaudeWorld.Older,
            $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","content":null,"function_call":{"name":"thermometer","arguments":"{\"a\":1}"}},{"role":"function","name":"thermometer","content":"4"}]}""",
            "messages.1.content", """[{"type":"tool_use","id":"call","name":"thermometer","input":{"a":1}}]"""),
        ("the old function_call's result", ClaudeWorld.Older,
            $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","function_call":{"name":"thermometer","arguments":"{}"}},{"role":"function","name":"thermometer","content":"4"}]}""",
            "messages.2.content.0.tool_use_id", "\"call\""),
        ("the old functions", ClaudeWorld.Older, """{"functions":[{"name":"thermometer","parameters":{"type":"object","properties":{}}}],"function_call":{"name":"thermometer"}}""", "tool_choice",
            """{"type":"tool","name":"thermometer","disable_parallel_tool_use":true}"""),
        ("a conversation that begins with the assistant", ClaudeWorld.Older, $$$$$"""{"messages":[{"role":"assistant","content":"Hello!"},{{{{{User}}}}}]}""", "messages.0.role", "\"user\""),
        ("a prefill that ends in white space", ClaudeWorld.Older, $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","content":"It is \n"}]}""", "messages.1.content.0.text", "\"It is\""),
        ("a prefill for a model that takes none", ClaudeWorld.Current, $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","content":"It is"}]}""", "messages.2.role", "\"user\""),
        ("a blank system prompt", ClaudeWorld.Older, $$$$$"""{"messages":[{"role":"system","content":" "},{{{{{User}}}}}]}""", "system", null),
        ("a blank user message", ClaudeWorld.Older, """{"messages":[{"role":"user","content":" \n"}]}""", "messages.0.content.0.text", "\"(nothing)\""),
        ("half of a surrogate pair", ClaudeWorld.Older, """{"messages":[{"role":"user","content":"a\ud83d"}]}""", "messages.0.content.0.text", "\"a\uFFFD\""),
        ("half of a surrogate pair in a tool", ClaudeWorld.Older, """{"tools":[{"type":"function","function":{"name":"t","description":"a\ude00","parameters":{"type":"object","properties":{"a":{"const":"\ud83d"}}}}}]}""",
            "tools.0.input_schema.properties.a.const", "\"\uFFFD\""),
        ("cache_control of messages", ClaudeWorld.Older, """{"messages":[{"role":"system","content":"Long","cache_control":{"type":"ephemeral","ttl":"1h"}},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"cache_control":{"type":"ephemeral"}}]}""",
            "messages.0.content.1.cache_control", """{"type":"ephemeral"}"""),
        ("more marks of the cache than are taken", ClaudeWorld.Older,
            """{"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}},{"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}},{"type":"text","text":"e","cache_control":{"type":"ephemeral"}}]}]}""",
            "messages.0.content.1", """{"type":"text","text":"b"}"""),
        ("a mark of the request's own beside four", ClaudeWorld.Older,
            """{"cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}},{"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]}""",
            "messages.0.content.1", """{"type":"text","text":"b"}"""),
        ("an e-mail address as the user", ClaudeWorld.Older, """{"user":"john@example.com"}""", "metadata", null),
        ("a system prompt beside the messages", ClaudeWorld.Older, """{"system":"Be brief."}""", "system", """[{"type":"text","text":"Be brief."}]"""),
        ("an answer of thinking alone", ClaudeWorld.Older,
            $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","content":"","thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}]},{{{{{User}}}}}]}""", "messages.1.content.1", """{"type":"text","text":"(nothing)"}"""),
        ("one call in two forms", ClaudeWorld.Older,
            $$$$$"""{"messages":[{{{{{User}}}}},{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"thermometer","input":{}}],"tool_calls":[{"id":"call_1","type":"function","function":{"name":"thermometer","arguments":"{}"}}]},{{{{{Result}}}}}]}""",
            "messages.1.content", """[{"type":"tool_use","id":"call_1","name":"thermometer","input":{}}]"""),
        ("an image in Anthropic's form with the wrong label", ClaudeWorld.Older,
            """{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpg","data":"/9j/AA=="}}]}]}""", "messages.0.content.0.source.media_type", "\"image/jpeg\""),
        ("adaptive thinking about a result whose call lacks it", ClaudeWorld.Current, $$$$$"""{"reasoning_effort":"high","tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}}]}""", "thinking.type", "\"adaptive\""),
        ("a budget that fits", ClaudeWorld.Older, """{"reasoning_effort":"high","max_tokens":20000}""", "thinking", """{"type":"enabled","budget_tokens":4096}"""),
        ("a budget that must be cut", ClaudeWorld.Older, """{"reasoning_effort":"high","max_tokens":2000}""", "thinking", """{"type":"enabled","budget_tokens":1024}"""),
        ("no room to think", ClaudeWorld.Older, """{"reasoning_effort":"high","max_tokens":500}""", "thinking", null),
        ("the caller's limit beside thinking", ClaudeWorld.Older, """{"reasoning_effort":"high","max_tokens":2000}""", "max_tokens", "2000"),
        ("adaptive thinking", ClaudeWorld.Current, """{"reasoning_effort":"high"}""", "thinking.type", "\"adaptive\""),
        ("effort beside a schema", ClaudeWorld.Current,
            """{"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}}}}""", "output_config",
            """{"effort":"low","format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"integer","description":"{minimum: 1}"}},"additionalProperties":false}}}"""),
        ("a budget for a model that takes none", ClaudeWorld.Current, """{"thinking":{"type":"enabled","budget_tokens":2048}}""", "output_config", """{"effort":"medium"}"""),
        ("sampling parameters that are refused", ClaudeWorld.Current, """{"temperature":0.2,"top_p":0.5,"top_k":3}""", "temperature", null),
        ("reasoning for a model without it", ClaudeWorld.Plain, """{"reasoning":{"effort":"high"}}""", "thinking", null),
        ("thinking while a call without it is answered", ClaudeWorld.Older, $$$$$"""{"reasoning_effort":"high","tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{Call}}}}},{{{{{Result}}}}}]}""", "thinking", null),
        ("allowed tools", ClaudeWorld.Older,
            $$$$$"""{"tools":[{{{{{Tool}}}}},{"type":"function","function":{"name":"delete"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"thermometer"}}]}}}""",
            "tools", """[{"name":"thermometer","input_schema":{"type":"object","properties":{}}}]"""),
        ("a union at the top of a tool", ClaudeWorld.Older,
            """{"tools":[{"type":"function","function":{"name":"t","parameters":{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a","c"]},{"type":"object","properties":{"b":{"type":"string"}},"required":["c"]}],"properties":{"c":{"type":"number"}}}}}]}""",
            "tools.0.input_schema", """{"type":"object","properties":{"c":{"type":"number"},"a":{"type":"string"},"b":{"type":"string"}},"required":["c"]}"""),
        ("a tool in the vendor's own form", ClaudeWorld.Older, """{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}]}""", "tools", """[{"type":"web_search_20250305","name":"web_search","max_uses":2}]"""),
    ];

    /// <summary>Name, members of the request, the member that the 400 names.</summary>
    private static readonly (string Name, string Request, string Param)[] Refusals =
    [
        ("several answers", """{"n":2}""", "n"),
        ("a tool's name", """{"tools":[{"type":"function","function":{"name":"a.b"}}]}""", "tools[0].function.name"),
        ("a tool that is no function", """{"tools":[{"type":"web_search_preview"}]}""", "tools[0].type"),
        ("arguments that are no object", """{"tools":[{"type":"function","function":{"name":"t","parameters":{"type":"array"}}}]}""", "tools[0].function.parameters"),
        ("an image of another type", """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AAAA"}}]}]}""", "messages[0].content[0]"),
        ("an uploaded file of another vendor", """{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}""", "messages[0].content[0]"),
        ("a sound", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}""", "messages[0].content[0]"),
        ("an unknown role", """{"messages":[{"role":"critic","content":"x"}]}""", "messages[0].role"),
        ("a strict schema that is recursive", """{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}}}}}}}}""",
            "response_format.json_schema.schema"),
        ("a tool that is not offered", """{"tools":[{"type":"function","function":{"name":"t"}}],"tool_choice":{"type":"function","function":{"name":"u"}}}""", "tool_choice"),
        ("thinking that is no object", """{"thinking":true}""", "thinking"),
    ];

    public static TheoryData<string, bool> Scenarios => BothWays(Rows.Select(static row => row.Name));

    public static TheoryData<string, bool> RefusedScenarios => BothWays(Refusals.Select(static row => row.Name));

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_RequestOfOpenAIsSchema_IsOneTheVendorTakes(string name, bool stream)
    {
        var row = Rows.Single(row => row.Name == name);

        var answer = await world.Router.ChatAsync(Body(row.Request, row.Model, stream));

        Assert.True(answer.Status == HttpStatusCode.OK && answer.IsWhole, answer.ToString());
        Assert.Equal(row.Expected is null ? null : JsonNode.Parse(row.Expected)!.ToJsonString(), MemberOf(world.Vendor.Books.Requests[^1].Json!, row.Member)?.ToJsonString());
    }

    [Theory, MemberData(nameof(RefusedScenarios))]
    public async Task Chat_VendorCannotExpressIt_400NamesTheMember(string name, bool stream)
    {
        var row = Refusals.Single(row => row.Name == name);
        var before = world.Vendor.Books.Requests.Count;

        var answer = await world.Router.ChatAsync(Body(row.Request, ClaudeWorld.Older, stream));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(row.Param, (string?)answer.Error!["param"]);
        Assert.Equal(before, world.Vendor.Books.Requests.Count);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_SomethingIsLeftOut_TheMetadataTellsIt(bool stream)
    {
        var body = Body("""{"temperature":1.5,"seed":7,"frequency_penalty":0,"logprobs":true,"messages":[{"role":"user","name":"Bob","content":"x"},{"role":"assistant","content":"y","reasoning_content":"Hm."},{"role":"user","content":"z"}]}""", ClaudeWorld.Older, stream);

        var answer = await world.Router.ChatAsync(body, ("x-router-metadata", "enabled"));

        var adjusted = answer.Metadata!["adjusted"]!.AsArray().Select(static item => $"{item!["param"]} {item["from"]?.ToJsonString()} {item["to"]?.ToJsonString()}");
        Assert.Equal(["logprobs true ", "messages[0].name \"Bob\" ", "seed 7 ", "temperature 1.5 1"], adjusted.Order(StringComparer.Ordinal));
        Assert.Equal("""["reasoning"]""", answer.Metadata["stripped"]!.ToJsonString());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ThinkingComesBackWithItsCall_ItGoesUpFirstAndTheModelThinksOn(bool stream)
    {
        var details = """[{"type":"reasoning.text","text":"Look ","index":0,"format":"anthropic-claude-v1"},{"type":"reasoning.text","text":"at it.","index":0},{"type":"reasoning.text","signature":"c2ln","index":0}]""";
        var call = $$$$$"""{"role":"assistant","content":null,"reasoning_details":{{{{{details}}}}},"tool_calls":[{"id":"c","type":"function","function":{"name":"thermometer","arguments":"{}"}}]}""";

        await world.Router.ChatAsync(Body($$$$$"""{"reasoning_effort":"high","tools":[{{{{{Tool}}}}}],"messages":[{{{{{User}}}}},{{{{{call}}}}},{"role":"tool","tool_call_id":"c","content":"4"}]}""", ClaudeWorld.Older, stream));

        var sent = world.Vendor.Books.Requests[^1].Json!;
        Assert.Equal("""{"type":"thinking","thinking":"Look at it.","signature":"c2ln"}""", sent["messages"]![1]!["content"]![0]!.ToJsonString());
        Assert.Equal("enabled", (string?)sent["thinking"]!["type"]);
    }

    private static TheoryData<string, bool> BothWays(IEnumerable<string> names)
    {
        var rows = new TheoryData<string, bool>();
        foreach (var name in names)
        {
            rows.Add(name, false);
            rows.Add(name, true);
        }

        return rows;
    }

    /// <summary>Put together as text: a node would not keep half of a surrogate pair.</summary>
    private static byte[] Body(string request, string model, bool stream)
    {
        var messages = request.Contains("\"messages\":", StringComparison.Ordinal) ? "" : $",\"messages\":[{User}]";
        return System.Text.Encoding.UTF8.GetBytes($"{{\"model\":\"{model}\",\"stream\":{(stream ? "true" : "false")}{messages},{request[1..]}");
    }

    private static JsonNode? MemberOf(JsonNode root, string path)
    {
        JsonNode? found = root;
        foreach (var name in path.Split('.'))
            found = found is JsonArray list ? list[int.Parse(name)] : found?[name];
        return found;
    }
}
