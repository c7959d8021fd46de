using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>A stream is whole when each choice has said why it finished, or when the vendor says that it is done; everything else is a cut.</summary>
public sealed class StreamEndTests : AnswerTests
{
    private const string Done = "[DONE]";

    private static readonly (string Name, string[] Payloads, bool IsWhole)[] All =
    [
        ("a reason and [DONE]", [Text("Hi"), Finish(), Done], true),
        ("a reason and no [DONE]", [Text("Hi"), Finish()], true),
        ("a reason on the last chunk with content", [Text("Hi", "\"stop\"")], true),
        ("[DONE] and no reason", [Text("Hi"), Done], true),
        ("[DONE] and an empty reason", [Text("Hi", "\"\""), Done], true),
        ("[DONE] and 'null' for a reason", [Text("Hi", "\"null\""), Done], true),
        ("[DONE] with its quotes", [Text("Hi"), "\"[DONE]\""], true),
        ("garbage behind [DONE]", [Text("Hi"), Finish(), Done, "{oops", Text("more")], true),
        ("garbage behind the reason", [Text("Hi"), Finish(), "{oops"], true),
        ("a piece of usage behind the reason", [Text("Hi"), Finish(), """{"choices":[],"usage":{"prompt_to"""], true),
        ("neither", [Text("Hi")], false),
        ("an empty reason in every chunk", [Text("Hi", "\"\""), Finish("\"\"")], false),
        ("'null' for a reason", [Text("Hi", "\"null\"")], false),
        ("'unknown' for a reason", [Text("Hi", "\"unknown\"")], false),
        ("a number for a reason", [Text("Hi", "0")], false),
        ("an object without a text for a reason", [Text("Hi", "{}"), Finish("{\"type\":null}")], false),
        ("an object that holds the reason", [Text("Hi"), Finish("""{"type":"finish","reason":"stop"}""")], true),
        ("a list that holds the reason", [Text("Hi", "[]"), Finish("""["stop"]"""), Done], true),
        ("objects that hold a word for none, then [DONE]", [Text("Hi", """{"type":"unknown"}"""), Done], true),
        ("the reason of one choice of two", [Text("Hi"), Text("Ho", index: 1), Finish()], false),
        ("the reason of one choice of two, then garbage", [Text("Hi"), Text("Ho", index: 1), Finish(), "{oops"], false),
        ("the reasons of both choices", [Text("Hi"), Text("Ho", index: 1), Finish(index: 1), Finish()], true),
        ("[DONE] and the reason of one choice of two", [Text("Hi"), Text("Ho", index: 1), Finish(), Done], true),
    ];

    public static TheoryData<string> Scenarios => [.. All.Select(scenario => scenario.Name)];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_StreamEnds_IsWholeOrToldToBeCut(string name)
    {
        var (_, payloads, isWhole) = All.Single(scenario => scenario.Name == name);

        var answer = await AskAsync(Body(Events(payloads)), ChatBodies.Streamed());

        Assert.Equal(200, (int)answer.Status);
        Assert.StartsWith("Hi", answer.Text, StringComparison.Ordinal);
        Assert.Equal(isWhole, answer.IsWhole);
        Assert.Equal(isWhole, answer.Error is null);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_WholeStream_GivesEachChoiceOneReason(string name)
    {
        var (_, payloads, isWhole) = All.Single(scenario => scenario.Name == name);
        if (!isWhole)
            return;

        var answer = await AskAsync(Body(Events(payloads)), ChatBodies.Streamed());

        var choices = answer.Chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).GroupBy(choice => (int)choice!["index"]!);
        Assert.All(choices, choice => Assert.Equal("stop", Assert.Single(choice.Select(piece => (string?)piece!["finish_reason"]), reason => reason is not null)));
    }

    [Theory]
    [InlineData(true, new string[0], false)]
    [InlineData(false, new string[0], false)]
    [InlineData(true, new[] { Done }, true)]
    [InlineData(false, new[] { Done }, true)]
    [InlineData(true, new[] { """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}""" }, true)]
    [InlineData(false, new[] { """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}""" }, true)]
    public async Task Chat_OneChoiceOfTwoAskedForBegan_IsWholeWhereTheVendorSaysThatItIsDone(bool stream, string[] behind, bool isWhole)
    {
        var answer = await AskAsync(Body(Events([Text("Hi"), Finish(), .. behind])), ChatBodies.With(ChatBodies.For(stream), "n", "2"));

        Assert.Equal(isWhole, answer.IsWhole);
        Assert.Equal(isWhole ? null : "upstream_error", answer.ErrorCode);
    }

    [Fact]
    public async Task Chat_DoneWithoutReasonBehindACall_AddsThatItCalls()
    {
        var call = Chunk("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}""");

        var answer = await AskAsync(Body(Events(call, Done)), ChatBodies.AsStream(ChatBodies.WithTools()));

        Assert.True(answer.IsWhole);
        Assert.Equal("tool_calls", answer.FinishReason);
    }

    [Fact]
    public async Task Chat_ReasonIsAdded_TheChunkLooksLikeTheOthers()
    {
        var answer = await AskAsync(Body(Events(Text("Hi"), Done)), ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        var last = answer.Chunks.Last();
        Assert.Equal(("c-1", "vendor-model", "chat.completion.chunk"), ((string?)last["id"], (string?)last["model"], (string?)last["object"]));
        Assert.Empty(last["choices"]![0]!["delta"]!.AsObject());
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":""}""")]
    [InlineData("""{"tool_calls":[]}""")]
    [InlineData("""{"tool_calls":[{}]}""")]
    [InlineData("""{"content":[{"type":"text","text":""}]}""")]
    [InlineData("""{"reasoning_details":[{"type":"reasoning.text","text":""}]}""")]
    [InlineData("""{"reasoning_content":"","audio":{}}""")]
    [InlineData("{}")]
    public async Task Chat_NothingButEmptyDeltas_IsNoAnswerAndCommitsNothing(string delta)
    {
        var answer = await AskAsync(Body(Events(Chunk(delta), Chunk(delta), Done)), ChatBodies.Streamed());

        Assert.Equal((502, "upstream_error"), ((int)answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData("""{"reasoning":"hm"}""")]
    [InlineData("""{"reasoning_content":"hm"}""")]
    [InlineData("""{"reasoning_details":[{"type":"reasoning.text","text":"hm"}]}""")]
    [InlineData("""{"refusal":"no"}""")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}""")]
    [InlineData("""{"function_call":{"name":"f"}}""")]
    public async Task Chat_ReasoningRefusalOrCall_IsContentAndCommits(string delta)
    {
        var answer = await AskAsync(Body(Events(Chunk(delta))), ChatBodies.Streamed());

        // The caller has it, so the cut behind it is told in band.
        Assert.Equal(200, (int)answer.Status);
        Assert.Equal("error", answer.FinishReason);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(delta), answer.Chunks.First()["choices"]![0]!["delta"]));
    }
}
