using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Answers that come from Anthropic's schema reach a caller of OpenAI's whole, plain and streamed, in one attempt, with the vendor's bill.</summary>
public sealed class ClaudeAnswerTests : IAsyncLifetime
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1}}}""";
    private const string Stop = """{"type":"message_stop"}""";

    private static readonly ClaudeAnswer[] All =
    [
        new("a text", Message("""[{"type":"text","text":"Grüße 😀"}]"""), Events(Text(0, "Grüße "), Text(0, "😀")), """{"content":"Grüße 😀"}"""),
        new("a call without arguments", Message("""[{"type":"tool_use","id":"t1","name":"off","input":{}}]""", "tool_use"),
            Events([Call(0, "t1", "off"), Arguments(0, ""), BlockStop(0)], "tool_use"), Calls(("t1", "off", "{}"))) { FinishReason = "tool_calls" },
        new("arguments in the block's start", Message("""[{"type":"tool_use","id":"t1","name":"set","input":{"n":7}}]""", "tool_use"),
            Events([Call(0, "t1", "set", """{"n":7}"""), BlockStop(0)], "tool_use"), Calls(("t1", "set", """{"n":7}"""))) { FinishReason = "tool_calls" },
        new("two calls open together", Message("""[{"type":"tool_use","id":"t1","name":"left","input":{"n":1}},{"type":"tool_use","id":"t2","name":"right","input":{"n":2}}]""", "tool_use"),
            Events([Call(0, "t1", "left"), Call(1, "t2", "right"), Arguments(0, """{\"n\":1"""), Arguments(1, """{\"n\":2"""), Arguments(0, "}"), Arguments(1, "}"), BlockStop(0), BlockStop(1)], "tool_use"),
            Calls(("t1", "left", """{"n":1}"""), ("t2", "right", """{"n":2}"""))) { FinishReason = "tool_calls" },
        new("an emoji in two halves", Message("""[{"type":"text","text":"Good \ud83d\ude00 day"}]"""), Events(Text(0, @"Good \ud83d"), Text(0, @"\ude00 day")), """{"content":"Good 😀 day"}"""),
        new("signed thinking before a call", Message("""[{"type":"thinking","thinking":"Look.","signature":"c2ln"},{"type":"tool_use","id":"t1","name":"look","input":{}}]""", "tool_use"),
            Events(
            [
                BlockStart(0, """{"type":"thinking","thinking":"","signature":""}"""), Delta(0, """{"type":"thinking_delta","thinking":"Look."}"""),
                Delta(0, """{"type":"signature_delta","signature":"c2ln"}"""), BlockStop(0), Call(1, "t1", "look"), BlockStop(1),
            ], "tool_use"),
            """
            {"reasoning_content":"Look.","reasoning_details":[{"type":"reasoning.text","text":"Look.","signature":"c2ln","format":"anthropic-claude-v1","index":0}],
             "thinking_blocks":[{"type":"thinking","thinking":"Look.","signature":"c2ln"}]}
            """) { FinishReason = "tool_calls" },
        new("encrypted thinking", Message("""[{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"text","text":"4"}]"""),
            Events(BlockStart(0, """{"type":"redacted_thinking","data":"ZGF0YQ=="}"""), BlockStop(0), Text(1, "4")),
            """{"content":"4","reasoning_details":[{"type":"reasoning.encrypted","data":"ZGF0YQ==","format":"anthropic-claude-v1","index":0}]}"""),
        new("an error that says nothing", Message("""[{"type":"text","text":"Fine."}]""", more: ""","error":null"""),
            [Start, Text(0, "Fine."), """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"error":null,"usage":{"output_tokens":5}}""", Stop], """{"content":"Fine."}"""),
        new("zeros behind the real counts", """{"id":"m","type":"message","model":"c","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":900,"cache_read_input_tokens":4000,"cache_creation_input_tokens":100,"output_tokens":20}}""",
        [
            """{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":900,"cache_read_input_tokens":4000,"cache_creation_input_tokens":100,"output_tokens":1}}}""", Text(0, "Hi"),
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":20}}""", Stop,
        ], """{"content":"Hi"}""") { Usage = (5000, 4000, 20) },
        new("counts as texts", Message("""[{"type":"text","text":"Hi"}]""").Replace(":10,", ":\"10\",", StringComparison.Ordinal).Replace(":5}", ":\"5\"}", StringComparison.Ordinal),
            [Start, Text(0, "Hi"), MessageDelta("end_turn").Replace(":5}", ":\"5\"}", StringComparison.Ordinal), Stop], """{"content":"Hi"}"""),
        new("the vendor's own tools", Message("""[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"Rain."}]"""),
            Events(BlockStart(0, """{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"""), BlockStop(0), BlockStart(1, """{"type":"web_search_tool_result","tool_use_id":"s","content":[]}"""), BlockStop(1), Text(2, "Rain.")),
            """{"content":"Rain.","provider_specific_fields":{"content_blocks":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]}]}}"""),
        new("a gateway without ids, types and ends", """{"content":"Hi","usage":{"input_tokens":10,"output_tokens":5}}""",
            ["""{"message":{"usage":{"input_tokens":10}}}""", """{"delta":{"type":"text_delta","text":"Hi"}}""", """{"type":"message_delta","delta":{},"usage":{"output_tokens":5}}""", "[DONE]"], """{"content":"Hi"}"""),
        new("a refusal that says why", Message("[]", "refusal", ""","stop_details":{"type":"refusal","category":"cyber","explanation":"Not this."}"""),
            [Start, """{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":"Not this."}},"usage":{"output_tokens":5}}""", Stop],
            """{"refusal":"Not this."}""") { FinishReason = "content_filter" },
    ];

    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public static TheoryData<string, bool> Scenarios
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var answer in All)
            {
                rows.Add(answer.Name, false);
                rows.Add(answer.Name, true);
            }

            return rows;
        }
    }

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Provider("vendor", _upstream.BaseAddress, "anthropic").Model("claude", ["vendor"]).Route("auto", ["claude"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_AnswerOfAnthropics_ReachesTheCallerWhole(string name, bool stream)
    {
        var claude = All.Single(claude => claude.Name == name);
        _upstream.Default(claude.Reply(stream));

        AssertWhole(claude, await _router.ChatAsync(ChatBodies.For(stream)), stream);
    }

    private static void AssertWhole(ClaudeAnswer claude, ClientAnswer answer, bool stream)
    {
        Assert.Equal(200, (int)answer.Status);
        Assert.True(answer.IsWhole, answer.ToString());
        Assert.Equal((1, claude.FinishReason), (answer.Attempts, answer.FinishReason));
        var message = stream ? DeltaSum.Of(answer.Chunks) : answer.Json["choices"]![0]!["message"]!;
        foreach (var (member, value) in JsonNode.Parse(claude.Expected)!.AsObject())
            Assert.Equal(Sorted(value), Sorted(message[member]));
        var usage = answer.Usage!;
        Assert.Equal(claude.Usage, ((int)usage["prompt_tokens"]!, (int)usage["prompt_tokens_details"]!["cached_tokens"]!, (int)usage["completion_tokens"]!));
        Assert.False((bool)usage["cost_details"]!["is_estimated"]!);
    }

    /// <summary>A gateway may send an event stream to a plain request, and a whole message to a request for a stream; its name says nothing of it either.</summary>
    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_AnswerInTheOtherForm_ReachesTheCallerWhole(string name, bool stream)
    {
        var claude = All.Single(claude => claude.Name == name);
        _upstream.Default(claude.Reply(!stream));

        AssertWhole(claude, await _router.ChatAsync(ChatBodies.For(stream)), stream);
    }

    /// <summary>The vendor never counted the answer, so the figures are the router's own, and are marked so also where the stream is joined for a plain request.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_StreamThatNeverCountsItsAnswer_UsageIsMarkedAsEstimated(bool stream)
    {
        string[] events = [Start, Text(0, new string('x', 400)), """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""", Stop];
        _upstream.Default(Reply.Body(string.Concat(events.Select(data => $"data: {data}\n\n")), "text/event-stream"));

        var usage = (await _router.ChatAsync(ChatBodies.For(stream))).Usage!;

        Assert.Equal((10, 100, true), ((int)usage["prompt_tokens"]!, (int)usage["completion_tokens"]!, (bool)usage["cost_details"]!["is_estimated"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_MessageOnSeveralLines_ReachesTheCallerWhole(bool stream)
    {
        var claude = All.Single(claude => claude.Name == "the vendor's own tools");
        _upstream.Default(Reply.Body(JsonNode.Parse(claude.Whole)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }), "application/json"));

        AssertWhole(claude, await _router.ChatAsync(ChatBodies.For(stream)), stream);
    }

    public static TheoryData<string, string> Errors => new()
    {
        { "Anthropic's own", """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""" },
        { "without a type", """{"error":{"type":"api_error","message":"x"}}""" },
        { "a text", """{"type":"error","error":"x"}""" },
        { "flat", """{"object":"error","message":"CUDA out of memory","type":"InternalServerError","code":500}""" },
    };

    [Theory, MemberData(nameof(Errors))]
    public async Task Chat_ErrorBehindContent_IsToldInBand(string name, string error)
    {
        _upstream.Default(Reply.Events(Start, Text(0, "Half"), error, MessageDelta("end_turn"), Stop));

        var answer = await _router.ChatAsync(ChatBodies.Streamed());

        Assert.NotEmpty(name);
        Assert.Equal((false, "Half", "error"), (answer.IsWhole, answer.Text, answer.FinishReason));
        Assert.Equal("upstream_error", answer.ErrorCode);
    }

    [Theory, MemberData(nameof(Errors))]
    public async Task Chat_ErrorInsteadOfAnAnswer_IsNoAnswerEitherWay(string name, string error)
    {
        _upstream.Default(request => request.IsStreaming ? Reply.Events(Start, error) : Reply.Body(error, "application/json"));

        Assert.NotEmpty(name);
        foreach (var body in new[] { ChatBodies.Plain(), ChatBodies.Streamed() })
            Assert.InRange((int)(await _router.ChatAsync(body)).Status, 500, 599);
    }

    private static string Message(string content, string stopReason = "end_turn", string more = "") =>
        $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":{{{content}}},"stop_reason":"{{{stopReason}}}","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":5}{{{more}}}}""";

    private static string[] Events(params string[] inner) => Events(inner, "end_turn");

    private static string[] Events(string[] inner, string stopReason) => [Start, .. inner, MessageDelta(stopReason), Stop];

    private static string MessageDelta(string stopReason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""";

    private static string BlockStart(int index, string block) => $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}}}""";

    private static string Delta(int index, string delta) => $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""";

    private static string BlockStop(int index) => $$"""{"type":"content_block_stop","index":{{index}}}""";

    private static string Text(int index, string text) => Delta(index, $$"""{"type":"text_delta","text":"{{text}}"}""");

    private static string Arguments(int index, string piece) => Delta(index, $$"""{"type":"input_json_delta","partial_json":"{{piece}}"}""");

    private static string Call(int index, string id, string name, string input = "{}") => BlockStart(index, $$"""{"type":"tool_use","id":"{{id}}","name":"{{name}}","input":{{input}}}""");

    private static string Calls(params (string Id, string Name, string Arguments)[] calls) => new JsonObject
    {
        ["tool_calls"] = new JsonArray([.. calls.Select(call => (JsonNode)new JsonObject
        {
            ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
        })]),
    }.ToJsonString();

    /// <summary>Without the places that only fragments have, the members in the order of their names.</summary>
    private static string Sorted(JsonNode? node) => node switch
    {
        JsonArray items => $"[{string.Join(',', items.Select(Sorted))}]",
        JsonObject members => $"{{{string.Join(',', members.Where(member => member.Key != "index").OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Sorted(member.Value)}"))}}}",
        _ => node?.ToJsonString() ?? "null",
    };
}
