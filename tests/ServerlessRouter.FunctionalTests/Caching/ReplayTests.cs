using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>One kept answer is given plain and streamed, through each door, with everything that was in it.</summary>
public sealed class ReplayTests
{
    private static readonly Reply Counted = Reply.Stream("One ", "two ", "three.").Usage(prompt: 100, completion: 30, cached: 40, reasoning: 20);

    public static TheoryData<bool, bool> Ways => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory, MemberData(nameof(Ways))]
    public async Task Chat_AskedAgain_IsAnsweredWithoutTheVendorAtNoCost(bool first, bool second)
    {
        await using var world = await CacheWorld.StartAsync();
        world.Vendor.Default(Counted);

        var asked = await world.ChatAsync(stream: first);
        var again = await world.ChatAsync(stream: second);

        Assert.Equal(1, world.Asked);
        Assert.Equal(("miss", "hit"), (asked.Header("x-router-cache"), again.Header("x-router-cache")));
        Assert.Equal(("One two three.", "stop", true), (again.Text, again.FinishReason, again.IsWhole));
        Assert.Equal(("mini", "0"), (again.Header("x-router-model"), again.Header("x-router-attempts")));
        Assert.True(int.Parse(again.Header("Age")!) >= 0);
        Assert.Equal((100, 30, 40, 20), (Count(again, "prompt_tokens"), Count(again, "completion_tokens"), Count(again, "prompt_tokens_details", "cached_tokens"), Count(again, "completion_tokens_details", "reasoning_tokens")));
        Assert.Equal((0m, 0m), (again.CostUsd, (decimal)again.Usage!["cost_details"]!["upstream_inference_cost"]!));
        Assert.Equal(asked.CostUsd, (decimal)again.Usage["cost_details"]!["saved"]!);
        Assert.True(asked.CostUsd > 0);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Chat_GivenAgain_HasAnIdAndATimeOfItsOwn(bool first, bool second)
    {
        await using var world = await CacheWorld.StartAsync();

        var ids = new List<string>();
        foreach (var (stream, name) in new[] { (first, "a"), (second, "b"), (second, "c") })
            ids.AddRange((await world.ChatAsync(stream: stream, headers: ("x-request-id", name))).Chunks.Select(static chunk => (string)chunk["id"]!).Distinct());

        Assert.Equal(3, ids.Count);
        Assert.Equal(["chatcmpl-b", "chatcmpl-c"], ids[1..]);
    }

    [Fact]
    public async Task Stream_GivenAgain_IsTheSameChunksInTheSameOrder()
    {
        await using var world = await CacheWorld.StartAsync();
        world.Vendor.Default(Reply.Stream("One ", "two ", "three ", "\u00e9\ud83d\ude00 and \"quotes\".").Usage(10, 5).Comments());

        var asked = await world.ChatAsync(stream: true);
        var again = await world.ChatAsync(stream: true);

        Assert.Equal(Without(asked), Without(again));
        Assert.Equal(1, world.Asked);

        static IEnumerable<string> Without(ClientAnswer answer) => answer.Chunks.Where(static chunk => chunk["choices"]!.AsArray().Count > 0).Select(static chunk =>
        {
            chunk.AsObject().Remove("id");
            chunk.AsObject().Remove("created");
            return chunk.ToJsonString();
        });
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Chat_ToolCallsAndReasoning_ComeBackWhole(bool first, bool second)
    {
        await using var world = await CacheWorld.StartAsync();
        if (first)
        {
            world.Vendor.Default(Reply.Events(
                Chunk("""{"role":"assistant","reasoning_content":"Let me "}"""), Chunk("""{"reasoning_content":"think."}"""), Chunk("""{"content":"Here."}"""),
                Chunk("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":"}}]}"""),
                Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}"""),
                Chunk("""{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"get_weather","arguments":"{}"}}]}"""), Chunk("{}", "\"tool_calls\""),
                """{"id":"v1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":8,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":3}}}""", "[DONE]"));
        }
        else
        {
            world.Vendor.Default(Reply.Body(
                """
                {"id":"v1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"Let me think.","content":"Here.","tool_calls":[
                {"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}},{"id":"call_b","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
                "usage":{"prompt_tokens":9,"completion_tokens":8,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":3}}}
                """, "application/json"));
        }

        var body = ChatBodies.WithTools();
        await world.Router.ChatAsync(first ? ChatBodies.AsStream(body) : body);
        var again = await world.Router.ChatAsync(second ? ChatBodies.AsStream(body) : body);

        Assert.Equal((1, "hit"), (world.Asked, again.Header("x-router-cache")));
        var pieces = again.Chunks.SelectMany(static chunk => chunk["choices"]!.AsArray()).Select(static choice => (choice!["delta"] ?? choice["message"])!).ToList();
        Assert.Equal("Let me think.", string.Concat(pieces.Select(static piece => (string?)piece["reasoning_content"])));
        Assert.Equal(("Here.", "tool_calls"), (again.Text, again.FinishReason));
        var calls = pieces.SelectMany(static piece => piece["tool_calls"]?.AsArray() ?? []).Select(static (call, place) => (Index: (int?)call!["index"] ?? place, Call: call)).GroupBy(static call => call.Index).OrderBy(static call => call.Key).ToList();
        Assert.Equal(
            [("call_a", """{"city":"Oslo"}"""), ("call_b", "{}")],
            calls.Select(static call => (call.Select(static piece => (string?)piece.Call["id"]).First(static id => id is not null)!, string.Concat(call.Select(static piece => (string?)piece.Call["function"]!["arguments"])))));
        Assert.Equal(3, Count(again, "completion_tokens_details", "reasoning_tokens"));
    }

    [Theory]
    [InlineData("v1/messages", false, false), InlineData("v1/messages", false, true), InlineData("v1/messages", true, false), InlineData("v1/messages", true, true)]
    [InlineData("v1/responses", false, false), InlineData("v1/responses", false, true), InlineData("v1/responses", true, false), InlineData("v1/responses", true, true)]
    public async Task Door_AskedAgain_AnswersInItsOwnSchemaWithoutTheVendor(string path, bool first, bool second)
    {
        foreach (var speaksAnthropic in new[] { false, true })
        {
            await using var world = await CacheWorld.StartAsync(speaksAnthropic: speaksAnthropic);
            world.Vendor.Default(Counted);

            var asked = await world.Router.PostAsync(path, Body(path, first, "one"));
            var again = await world.Router.PostAsync(path, Body(path, second, "two"), ("x-request-id", "again"));

            Assert.Equal((1, "miss", "hit"), (world.Asked, asked.Header("x-router-cache"), again.Header("x-router-cache")));
            Assert.Equal("One two three.", TextOf(path, again));
            Assert.Equal(30, OutputTokensOf(path, again));
            var said = again.ToString();
            Assert.DoesNotContain("\"one\"", said, StringComparison.Ordinal);
            if (path == "v1/responses")
                Assert.Contains("\"two\"", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Doors_OfTheSameQuestion_DoNotShare()
    {
        await using var world = await CacheWorld.StartAsync();

        await world.Router.PostAsync("v1/messages", Body("v1/messages", false, "a"));
        await world.Router.PostAsync("v1/responses", Body("v1/responses", false, "a"));
        await world.Router.ChatAsync(Encoding.UTF8.GetBytes("""{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Count."}]}"""));

        Assert.Equal(3, world.Asked);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnswerOfTheStreamWithoutUsage_TellsTheUsageOfTheRouter(bool second)
    {
        await using var world = await CacheWorld.StartAsync();
        world.Vendor.Default(Reply.Events(Chunk("""{"role":"assistant","content":"Hello there."}"""), Chunk("{}", "\"stop\""), "[DONE]"));

        var asked = await world.ChatAsync(stream: true);
        var again = await world.ChatAsync(stream: second);

        Assert.Equal(Count(asked, "completion_tokens"), Count(again, "completion_tokens"));
        Assert.True((bool)again.Usage!["cost_details"]!["is_estimated"]!);
        Assert.Equal("hit", again.Header("x-router-cache"));
    }

    [Fact]
    public async Task Stream_CallerWantsNoUsage_GetsNone()
    {
        await using var world = await CacheWorld.StartAsync();
        await world.ChatAsync(stream: true);

        var again = await world.Router.ChatAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        Assert.Equal(("hit", "Echo: Say hello.", true), (again.Header("x-router-cache"), again.Text, again.IsWhole));
        Assert.Null(again.Usage);
    }

    [Fact]
    public async Task Embeddings_AskedAgain_AreTheSameVectors()
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Model("vectors", ["mini-vendor"], """{ "capabilities": ["embeddings"], "price": { "inputPerMillion": 1 } }""").Route("search", ["vectors"], """{ "cache": {} }"""));
        world.Vendor.Default(Reply.Vector(0.25f, 0.5f));
        var body = """{"model":"search","input":"hello"}"""u8.ToArray();

        var asked = await world.Router.PostAsync("v1/embeddings", body);
        var again = await world.Router.PostAsync("v1/embeddings", body);
        var other = await world.Router.PostAsync("v1/embeddings", """{"model":"search","input":"hello","encoding_format":"base64"}"""u8.ToArray());

        Assert.Equal(("miss", "hit", "miss"), (asked.Header("x-router-cache"), again.Header("x-router-cache"), other.Header("x-router-cache")));
        Assert.Equal(asked.Json["data"]!.ToJsonString(), again.Json["data"]!.ToJsonString());
        Assert.Equal(0m, again.CostUsd);
    }

    [Fact]
    public async Task Chat_WithMetadata_TellsWhatTheCacheDid()
    {
        await using var world = await CacheWorld.StartAsync();
        await world.ChatAsync();

        var again = await world.ChatAsync(headers: ("x-router-metadata", "enabled"));

        Assert.Equal(("hit", "mini"), ((string?)again.Metadata!["cache"]!["status"], (string?)again.Metadata["cache"]!["model"]));
    }

    private static int Count(ClientAnswer answer, params string[] path) => (int)path.Aggregate(answer.Usage, static (node, member) => node![member])!;

    private static string Chunk(string delta, string finish = "null") =>
        $$"""{"id":"v1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    private static byte[] Body(string path, bool stream, string owner)
    {
        var body = path == "v1/messages"
            ? (JsonObject)JsonNode.Parse("""{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Count."}]}""")!
            : (JsonObject)JsonNode.Parse("""{"model":"auto","max_output_tokens":50,"input":"Count."}""")!;
        body["metadata"] = path == "v1/messages" ? new JsonObject { ["user_id"] = owner } : new JsonObject { ["owner"] = owner };
        body["stream"] = stream;
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    private static string TextOf(string path, ClientAnswer answer)
    {
        if (!answer.IsStream)
            return path == "v1/messages" ? (string)answer.Json["content"]![0]!["text"]! : (string)answer.Json["output"]!.AsArray().Single(static item => (string?)item!["type"] == "message")!["content"]![0]!["text"]!;
        return path == "v1/messages"
            ? string.Concat(answer.Chunks.Where(static item => (string?)item["type"] == "content_block_delta").Select(static item => (string?)item["delta"]!["text"]))
            : string.Concat(answer.Chunks.Where(static item => (string?)item["type"] == "response.output_text.delta").Select(static item => (string?)item["delta"]));
    }

    private static int OutputTokensOf(string path, ClientAnswer answer)
    {
        var usage = answer.IsStream
            ? answer.Chunks.Select(static item => item["usage"] ?? item["response"]?["usage"]).Last(static usage => usage is not null)
            : answer.Json["usage"];
        Assert.Equal(path == "v1/messages" ? 60 : 100, (int)usage!["input_tokens"]!);
        return (int)usage["output_tokens"]!;
    }
}
