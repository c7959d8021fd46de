using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Faults;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>An answer in another form than was asked for, or under another name, is read and given: the vendor bills it all the same, so it is asked for once.</summary>
public sealed class OtherFormTests : AnswerTests
{
    private const string Usage = ""","usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}""";
    private const decimal BilledUsd = (100 * 1m + 10 * 4m) / 1_000_000m;

    private static readonly string Streamed = Events(
        Chunk("""{"role":"assistant","content":""}"""), Text("Grüß "), Text("Gott."), Finish(), Whole("[]", Usage).Replace("chat.completion", "chat.completion.chunk", StringComparison.Ordinal), "[DONE]");

    private static readonly string Plain = Message("""{"role":"assistant","content":"Grüß Gott."}""", more: Usage);

    private static readonly (string Name, string Body, string MediaType)[] All =
    [
        ("an event stream", Streamed, EventStream),
        ("an event stream called JSON", Streamed, "application/json; charset=utf-8"),
        ("an event stream called text", Streamed, "text/plain"),
        ("an event stream with comments first, called JSON", ": hello\n\n" + Streamed, JsonType),
        ("an event stream with a byte order mark", "\uFEFF" + Streamed, EventStream),
        ("an event stream with a byte order mark, called JSON", "\uFEFF" + Streamed, JsonType),
        ("an event stream with its [DONE] alone at the end", Streamed.TrimEnd(), EventStream),
        ("an event stream with lone carriage returns", Streamed.Replace('\n', '\r'), EventStream),
        ("an event stream with data broken over lines without a prefix", Streamed.Replace("\"created\":1,", "\n  \"created\":1,\n  ", StringComparison.Ordinal), EventStream),
        ("an event stream with data broken over data lines", Streamed.Replace("\"created\":1,", "\ndata: \"created\":1,\ndata:", StringComparison.Ordinal), EventStream),
        ("an event stream put into events", Streamed.Replace("data: ", "data: data: ", StringComparison.Ordinal), EventStream),
        ("an event stream with signs of life as data", "data: ping\n\n" + Streamed.Replace("\n\n", "\n\ndata: [PING]\n\n", StringComparison.Ordinal), EventStream),
        ("documents in lines, with usage beside choices", $"{Text("Grüß Gott.", more: Usage)}\n{Finish(more: Usage)}\n", "application/x-ndjson"),
        ("one document in a list", $"[{Plain}]", JsonType),
        ("documents in lines", Streamed.Replace("data: ", "", StringComparison.Ordinal).Replace("\n\n", "\n", StringComparison.Ordinal), "application/x-ndjson"),
        ("documents in lines, called an event stream", Streamed.Replace("data: ", "", StringComparison.Ordinal), EventStream),
        ("one document", Plain, JsonType),
        ("one document with a byte order mark", "\uFEFF" + Plain, JsonType),
        ("one document behind white space", "\n   \n" + Plain, JsonType),
        ("one document over many lines", JsonNode.Parse(Plain)!.ToJsonString(new() { WriteIndented = true }), JsonType),
        ("one document called an event stream", Plain, EventStream),
        ("one document over many lines, called an event stream", JsonNode.Parse(Plain)!.ToJsonString(new() { WriteIndented = true }).Replace("\n", "\r\n", StringComparison.Ordinal), EventStream),
        ("one document called text", Plain, "text/plain"),
        ("one document with garbage behind it", Plain + "\n}oops", JsonType),
        ("one document cut off behind its usage", Plain[..^1] + ",\"service_ti", JsonType),
    ];

    public static TheoryData<string, bool> Scenarios
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var (name, _, _) in All)
            {
                rows.Add(name, false);
                rows.Add(name, true);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_WhateverForm_IsReadGivenAndBilledOnce(string name, bool stream)
    {
        var (_, body, mediaType) = All.Single(scenario => scenario.Name == name);

        var answer = await AskAsync(Body(body, mediaType), ChatBodies.For(stream));

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal(stream, answer.IsStream);
        Assert.Equal("Grüß Gott.", answer.Text);
        Assert.True(answer.IsWhole);
        Assert.Equal("stop", answer.FinishReason);
        Assert.Equal(BilledUsd, answer.CostUsd);
        Assert.All(answer.Chunks, chunk => Assert.Equal(stream ? "chat.completion.chunk" : "chat.completion", (string?)chunk["object"]));
        Assert.All(answer.Chunks, chunk => Assert.Equal("c-1", (string?)chunk["id"]));
        Assert.Single(Vendor.Books.Requests);
    }

    [Fact]
    public async Task Chat_StreamToAPlainRequest_JoinsEverythingItSays()
    {
        var vendor = Events(
            Chunk("""{"role":"assistant","content":null,"reasoning_content":"Let me "}"""),
            Chunk("""{"reasoning_content":"look.","content":"\ud83d"}""").Replace("\"delta\"", "\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-0.1}]},\"delta\"", StringComparison.Ordinal),
            Chunk("""{"content":"\ude00"}""").Replace("\"delta\"", "\"logprobs\":{\"content\":[{\"token\":\"b\",\"logprob\":-0.2}]},\"delta\"", StringComparison.Ordinal),
            Chunk("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"first","arguments":""}}]}"""),
            Chunk("""{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"second","arguments":"{"}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}"""),
            Chunk("""{"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"1}"}}]}"""),
            Text("Two", index: 1),
            Chunk("""{"refusal":"No"}""", index: 1),
            Chunk("""{"refusal":"pe."}""", "\"stop\"", 1),
            Finish("\"tool_calls\""),
            "[DONE]");

        var answer = await AskAsync(Body(vendor), ChatBodies.WithTools());

        var choices = answer.Json["choices"]!.AsArray();
        Assert.Equal(2, choices.Count);
        var message = choices[0]!["message"]!;
        Assert.Equal(("assistant", "😀", "Let me look."), ((string?)message["role"], (string?)message["content"], (string?)message["reasoning_content"]));
        AssertSame(
            """[{"id":"call_a","type":"function","function":{"name":"first","arguments":"{\"x\":1}"}},{"id":"call_b","type":"function","function":{"name":"second","arguments":"{}"}}]""",
            message["tool_calls"]);
        AssertSame("""[{"token":"a","logprob":-0.1},{"token":"b","logprob":-0.2}]""", choices[0]!["logprobs"]!["content"]);
        Assert.Equal("tool_calls", (string?)choices[0]!["finish_reason"]);
        Assert.Equal(("Two", "Nope.", "stop"), ((string?)choices[1]!["message"]!["content"], (string?)choices[1]!["message"]!["refusal"], (string?)choices[1]!["finish_reason"]));
    }

    [Fact]
    public async Task Chat_DocumentToAStream_SaysEverythingInIt()
    {
        var vendor = Whole(
            """
            [{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[
            {"id":"call_a","type":"function","function":{"name":"first","arguments":"{\"x\":1}"}},{"id":"call_b","type":"function","function":{"name":"second","arguments":"{}"}}]},"finish_reason":"tool_calls"},
            {"index":1,"message":{"role":"assistant","content":null,"refusal":"Nope."},"finish_reason":"stop"}]
            """, Usage);

        var answer = await AskAsync(Body(vendor, JsonType), ChatBodies.AsStream(ChatBodies.WithTools()));

        Assert.True(answer.IsWhole);
        var choices = answer.Chunks.First()["choices"]!.AsArray();
        Assert.Equal([0, 1], choices[0]!["delta"]!["tool_calls"]!.AsArray().Select(call => (int)call!["index"]!));
        Assert.Equal(("Hm.", "tool_calls"), ((string?)choices[0]!["delta"]!["reasoning_content"], (string?)choices[0]!["finish_reason"]));
        Assert.Equal(("Nope.", "stop"), ((string?)choices[1]!["delta"]!["refusal"], (string?)choices[1]!["finish_reason"]));
    }

    [Fact]
    public async Task Chat_StreamToAPlainRequestBreaks_IsAFailureThatIsBilled()
    {
        var reply = Body(Events(Text("Half", more: Usage)));

        Assert.Equal(("cut_before_commit", BilledUsd), await FirstAttemptAsync(reply, stream: false));
    }

    [Fact]
    public async Task Chat_ConnectionBreaksBehindAWholeDocument_IsGiven()
    {
        await using var faulty = await FaultyUpstream.Does(async connection =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{Plain}");
            connection.Close();
            await connection.WaitForCloseAsync();
        })();
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("odd", faulty.Address).Route("auto", ["odd"]));

        Assert.Equal("Grüß Gott.", (await router.ChatAsync(ChatBodies.Plain())).Text);
    }

    /// <summary>What comes behind a whole answer takes nothing from it.</summary>
    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("\r\n")]
    [InlineData("5\r\n")]
    public async Task Chat_ChunkOfNoSizeBehindAWholeDocument_IsGivenAndBilledOnce(string chunk)
    {
        await using var faulty = await FaultyUpstream.Does(async connection =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: {JsonType}\r\nTransfer-Encoding: chunked\r\n\r\n{Encoding.UTF8.GetByteCount(Plain):x}\r\n{Plain}\r\n{chunk}");
            connection.Close();
            await connection.WaitForCloseAsync();
        })();
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("odd", faulty.Address).Route("auto", ["odd"]));

        var answer = await router.ChatAsync(ChatBodies.Plain());

        Assert.Equal((200, "Grüß Gott.", true), ((int)answer.Status, answer.Text, answer.IsWhole));
        Assert.Equal((BilledUsd, 1), (answer.CostUsd, answer.Attempts));
    }

    [Theory, InlineData("""{ "streaming": false }""", false), InlineData("{}", true)]
    public async Task Chat_ModelThatDoesNotStream_AnswersAStreamInOneChunk(string settings, bool isAskedToStream)
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("whole", Vendor, settings).Route("auto", ["whole"]));
        Vendor.Default(Reply.Text("Hello there.").Usage(100, 10));

        var answer = await router.ChatAsync(ChatBodies.Streamed());

        Assert.Equal(("Hello there.", "stop", true), (answer.Text, answer.FinishReason, answer.IsWhole));
        Assert.Equal(BilledUsd, answer.CostUsd);
        var sent = Vendor.Books.Requests[0].Json!;
        Assert.Equal(isAskedToStream, sent["stream"] is not null);
        Assert.Equal(isAskedToStream, sent["stream_options"] is not null);
        if (!isAskedToStream)
            Assert.Equal(2, answer.Chunks.Count());
    }

    private static void AssertSame(string expected, JsonNode? actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual?.ToJsonString());
}
