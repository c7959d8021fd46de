using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>What departs from OpenAI's schema in a way that trips clients is mended, plain and streamed; all else passes as the vendor wrote it.</summary>
public sealed class MendedAnswerTests : AnswerTests
{
    private static readonly (string Name, string Given, string Mended)[] Messages =
    [
        ("content in parts", """{"role":"assistant","content":[{"type":"text","text":"Two "},{"type":"text","text":"parts."}]}""", """{"role":"assistant","content":"Two parts."}"""),
        ("content in parts with thoughts", """{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"So."}]}""",
            """{"role":"assistant","content":"So.","reasoning_content":"Hm."}"""),
        ("content that is a number", """{"role":"assistant","content":42}""", """{"role":"assistant","content":"42"}"""),
        ("content with an image among its parts", """{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:,"}}]}""",
            """{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:,"}}]}"""),
        ("arguments as an object", """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":{"x":[1,"é"]}}}]}""",
            """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"x\":[1,\"é\"]}"}}]}"""),
        ("a call that is not in a list", """{"role":"assistant","content":null,"tool_calls":{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}}""",
            """{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}"""),
        ("the older call with arguments as an object", """{"role":"assistant","content":null,"function_call":{"name":"f","arguments":{"x":1}}}""",
            """{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"x\":1}"}}"""),
    ];

    public static TheoryData<string> Scenarios => [.. Messages.Select(scenario => scenario.Name)];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_OddMessage_IsMendedBothWays(string name)
    {
        var (_, given, mended) = Messages.Single(scenario => scenario.Name == name);

        var plain = await AskAsync(Body(Message(given), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Chunk(given), Finish(), "[DONE]")), ChatBodies.Streamed());

        AssertSame(mended, plain.Json["choices"]![0]!["message"]);
        // Pieces of calls in a stream have an index besides.
        var delta = streamed.Chunks.First()["choices"]![0]!["delta"]!.DeepClone();
        if (!given.Contains("\"index\"", StringComparison.Ordinal))
            (delta["tool_calls"]?[0] as JsonObject)?.Remove("index");
        AssertSame(mended, delta);
        Assert.True(streamed.IsWhole);
    }

    [Theory]
    [InlineData("""[{"text":"Hello","finish_reason":"stop"}]""")]
    [InlineData("""[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]""")]
    [InlineData("""[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]""")]
    [InlineData("""[{"delta":{"content":"Hello"},"message":null,"finish_reason":"stop"}]""")]
    public async Task Chat_ChoiceOfAnotherForm_IsGivenInTheRightOne(string choices)
    {
        var plain = await AskAsync(Body(Whole(choices), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Whole(choices), "[DONE]")), ChatBodies.Streamed());

        Assert.Equal("Hello", (string?)plain.Json["choices"]![0]!["message"]!["content"]);
        Assert.Equal("assistant", (string?)plain.Json["choices"]![0]!["message"]!["role"]);
        Assert.Equal("Hello", (string?)streamed.Chunks.First()["choices"]![0]!["delta"]!["content"]);
        Assert.Equal(0, (int?)streamed.Chunks.First()["choices"]![0]!["index"]);
        Assert.All([plain, streamed], answer => Assert.Equal(("stop", true), (answer.FinishReason, answer.IsWhole)));
    }

    [Theory]
    [InlineData("""[{"index":0,"finish_reason":"stop"}]""")]
    [InlineData("""[{"index":0,"message":null,"finish_reason":"stop"}]""")]
    [InlineData("""[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]""")]
    [InlineData("[]"), InlineData("null"), InlineData("{}"), InlineData("[null]")]
    public async Task Chat_PlainChoiceWithoutAMessage_IsNoAnswer(string choices)
    {
        var answer = await AskAsync(Body(Whole(choices), JsonType), ChatBodies.Plain());

        Assert.Equal((502, "upstream_error"), ((int)answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData("null"), InlineData("\"\""), InlineData("\"null\""), InlineData("0"), InlineData("{}"), InlineData("[]"), InlineData("""{"type":"unknown"}""")]
    public async Task Chat_PlainChoiceWithoutAReason_GetsOne(string reason)
    {
        var text = await AskAsync(Body(Whole($$"""[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"length"},{"index":1,"message":{"role":"assistant","content":"b"},"finish_reason":{{reason}}}]"""), JsonType), ChatBodies.Plain());
        var call = await AskAsync(
            Body(Message("""{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}""", reason), JsonType), ChatBodies.WithTools());

        Assert.Equal(["length", "stop"], text.Json["choices"]!.AsArray().Select(choice => (string?)choice!["finish_reason"]));
        Assert.Equal("tool_calls", call.FinishReason);
    }

    [Theory]
    [InlineData("""{"type":"length"}""", "length")]
    [InlineData("""["length"]""", "length")]
    [InlineData("""{"type":"finish","detail":{"reason":"length"}}""", "length")]
    [InlineData("""{"reason":"eos_\u0022token"}""", "eos_\"token")]
    public async Task Chat_ReasonInsideOfSomethingElse_IsATextForTheCaller(string reason, string expected)
    {
        var plain = await AskAsync(Body(Message("""{"role":"assistant","content":"Hi"}""", reason), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Text("Hi"), Finish(reason))), ChatBodies.Streamed());

        Assert.Equal(("Hi", expected), (plain.Text, plain.FinishReason));
        Assert.Equal(("Hi", expected, true), (streamed.Text, streamed.FinishReason, streamed.IsWhole));
    }

    [Fact]
    public async Task Chat_StreamedChoiceWithoutADelta_GetsAnEmptyOne()
    {
        var answer = await AskAsync(Body(Events(Text("Hi"), Whole("""[{"index":0,"finish_reason":"stop"}]"""), """{"choices":null}""", "[DONE]")), ChatBodies.Streamed());

        Assert.True(answer.IsWhole);
        Assert.All(answer.Chunks, chunk => Assert.All(chunk["choices"]!.AsArray(), choice => Assert.NotNull(choice!["delta"])));
    }

    [Theory]
    // Gemini: whole calls without an index, one a chunk.
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]""", """[{"id":"b","function":{"name":"f","arguments":"{\"x\":2}"}}]""", "a f {\"x\":1}", "b f {\"x\":2}")]
    // Pieces without an index: each is of the call before.
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""", """[{"function":{"arguments":"1}"}}]""", "a f {\"x\":1}", null)]
    // An id and a name in every piece.
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""", """[{"index":0,"id":"a","function":{"name":"f","arguments":"1}"}}]""", "a f {\"x\":1}", null)]
    // The same, and no index either.
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""", """[{"id":"a","function":{"name":"f","arguments":"1}"}}]""", "a f {\"x\":1}", null)]
    // A name in two pieces is no repetition.
    [InlineData("""[{"index":0,"id":"a","function":{"name":"get_","arguments":""}}]""", """[{"index":0,"function":{"name":"weather","arguments":"{}"}}]""", "a get_weather {}", null)]
    // Two calls at once, then a piece for each.
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{"}},{"id":"b","function":{"name":"g","arguments":"{"}}]""", """[{"function":{"arguments":"}"}},{"function":{"arguments":"}"}}]""", "a f {}", "b g {}")]
    public async Task Chat_StreamedCallsInAnyForm_AreThoseTheVendorMeant(string first, string second, string call, string? other)
    {
        var answer = await AskAsync(
            Body(Events(Chunk($$"""{"tool_calls":{{first}}}"""), Chunk($$"""{"tool_calls":{{second}}}"""), Finish("\"tool_calls\""), "[DONE]")), ChatBodies.AsStream(ChatBodies.WithTools()));

        Assert.Equal(other is null ? [call] : new[] { call, other }, Calls(answer));
    }

    [Theory, InlineData("NaN"), InlineData("Infinity"), InlineData("-Infinity")]
    public async Task Chat_NumberThatJsonDoesNotKnow_BecomesNullBothWays(string number)
    {
        var logprobs = $$"""{"content":[{"token":"NaN \" -Infinity","logprob":{{number}},"top_logprobs":[{"token":"a","logprob":{{number}}}]}]}""";
        var choice = $$"""[{"index":0,"KIND":{"role":"assistant","content":"Hi"},"logprobs":{{logprobs}},"finish_reason":"stop"}]""";

        var plain = await AskAsync(Body(Whole(choice.Replace("KIND", "message", StringComparison.Ordinal)), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Whole(choice.Replace("KIND", "delta", StringComparison.Ordinal)), "[DONE]")), ChatBodies.Streamed());

        Assert.All([plain, streamed], answer =>
        {
            Assert.Equal(("Hi", true), (answer.Text, answer.IsWhole));
            AssertSame(logprobs.Replace($":{number}", ":null", StringComparison.Ordinal), answer.Chunks.First()["choices"]![0]!["logprobs"]);
        });
    }

    [Fact]
    public async Task Chat_CallWithoutAnId_GetsOneBothWays()
    {
        var plain = await AskAsync(Body(Message("""{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f"}},{"function":{"name":"f","arguments":""}}]}"""), JsonType), ChatBodies.WithTools());
        var streamed = await AskAsync(
            Body(Events(Chunk("""{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}}]}"""), Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}"""), Finish("\"tool_calls\""), "[DONE]")),
            ChatBodies.AsStream(ChatBodies.WithTools()));

        var calls = plain.Json["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(2, calls.Select(call => (string?)call!["id"]).Where(id => id is { Length: > 8 }).Distinct().Count());
        Assert.All(calls, call => Assert.Equal(("function", "{}"), ((string?)call!["type"], (string?)call["function"]!["arguments"])));
        Assert.Matches("^call_[0-9a-f]+ f {}$", Assert.Single(Calls(streamed)));
    }

    [Fact]
    public async Task Chat_WellBehavedStream_PassesByteForByte()
    {
        var events = Events(
            Chunk("""{"role":"assistant","content":"","refusal":null}""") + " ",
            Chunk("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}},{"index":1,"id":"b","type":"function","function":{"name":"f","arguments":""}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\": 1.50}"}}]}"""),
            Text("Gr\u00fc\u00df"), Finish("\"tool_calls\"", more: ""","usage":null"""));

        Vendor.Default(Body(events + Events("[DONE]")));
        using var response = await Router.BeginChatAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"), CancellationToken.None);

        Assert.Equal(events + Events("[DONE]"), await response.Content.ReadAsStringAsync());
    }

    private static string[] Calls(ClientAnswer answer) => [.. answer.Chunks
        .SelectMany(chunk => chunk["choices"]!.AsArray()).SelectMany(choice => choice!["delta"]?["tool_calls"]?.AsArray() ?? [])
        .GroupBy(piece => (int)piece!["index"]!).OrderBy(call => call.Key)
        .Select(call => $"{Join(call, piece => piece["id"])} {Join(call, piece => piece["function"]?["name"])} {Join(call, piece => piece["function"]?["arguments"])}")];

    // As OpenAI's client for Python puts them together: every text is appended.
    private static string Join(IEnumerable<JsonNode?> pieces, Func<JsonNode, JsonNode?> part) => string.Concat(pieces.Select(piece => (string?)part(piece!)));

    private static void AssertSame(string expected, JsonNode? actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual?.ToJsonString());
}
