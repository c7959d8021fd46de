using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.Core.Tests.Providers.AnthropicAnswers;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Streams of Anthropic's, as the vendor sends them and as gateways do: which delta belongs where, what is whole, what is an end.</summary>
public sealed class AnthropicStreamTests
{
    private const string Smile = "\U0001F600";

    public static TheoryData<string, string[], string> OneCall => new()
    {
        { "no delta", [Call(0, "t", "n"), BlockStop(0)], "{}" },
        { "an empty delta", [Call(0, "t", "n"), Arguments(0, ""), BlockStop(0)], "{}" },
        { "no stop of the block", [Call(0, "t", "n"), Arguments(0, "")], "{}" },
        { "no input at all", [BlockStart(0, """{"type":"tool_use","id":"t","name":"n"}""")], "{}" },
        { "input null", [Call(0, "t", "n", "null"), BlockStop(0)], "{}" },
        { "pieces", [Call(0, "t", "n"), Arguments(0, "{\"a\""), Arguments(0, ":1}"), BlockStop(0)], "{\"a\":1}" },
        { "input in the block's start", [Call(0, "t", "n", """{"a":1}"""), BlockStop(0)], "{\"a\":1}" },
        { "input in the start, as a text", [Call(0, "t", "n", "\"{\\\"a\\\":1}\""), BlockStop(0)], "{\"a\":1}" },
        { "input in the start and again in pieces", [Call(0, "t", "n", """{"a":1}"""), Arguments(0, "{\"a\":"), Arguments(0, "1}"), BlockStop(0)], "{\"a\":1}" },
        { "input in the start and an empty piece", [Call(0, "t", "n", """{"a":1}"""), Arguments(0, ""), BlockStop(0)], "{\"a\":1}" },
        { "a block stopped twice", [Call(0, "t", "n"), Arguments(0, "{\"a\":1}"), BlockStop(0), BlockStop(0)], "{\"a\":1}" },
        { "a block stopped too early", [Call(0, "t", "n"), BlockStop(0), Arguments(0, "{\"a\":1}")], "{\"a\":1}" },
        { "another block stopped", [Call(0, "t", "n"), BlockStop(7), Arguments(0, "{\"a\":1}"), BlockStop(0)], "{\"a\":1}" },
        { "deltas that name no block", [Call(0, "t", "n"), Arguments(0, "{\"a\":1}").Replace("\"index\":0,", "", StringComparison.Ordinal)], "{\"a\":1}" },
        { "deltas that name another block", [Text(0, "Hm"), Call(1, "t", "n"), Arguments(0, "{\"a\":1}")], "{\"a\":1}" },
        { "the number as a text", [Call(0, "t", "n").Replace("\"index\":0", "\"index\":\"0\"", StringComparison.Ordinal), Arguments(0, "{\"a\":1}")], "{\"a\":1}" },
        { "deltas without a type", [Call(0, "t", "n"), BlockDelta(0, """{"partial_json":"{\"a\":1}"}""")], "{\"a\":1}" },
        { "the input itself as a piece", [Call(0, "t", "n"), BlockDelta(0, """{"type":"input_json_delta","partial_json":{"a":1}}""")], "{\"a\":1}" },
        { "a character in two escapes", [Call(0, "t", "n"), Arguments(0, "{\"a\":\"\\ud83d"), Arguments(0, "\\ude00\"}")], "{\"a\":\"\\ud83d\\ude00\"}" },
        { "a character in two halves", [Call(0, "t", "n"), BlockDelta(0, """{"type":"input_json_delta","partial_json":"{\"a\":\"\ud83d"}"""), BlockDelta(0, """{"type":"input_json_delta","partial_json":"\ude00\"}"}""")], $"{{\"a\":\"{Smile}\"}}" },
    };

    [Theory, MemberData(nameof(OneCall))]
    public async Task Stream_Call_HasItsArguments(string name, string[] events, string expected)
    {
        var streamed = await StreamAsync(Events(events, "tool_use"));

        Assert.NotEmpty(name);
        Assert.Null(streamed.Failure);
        Assert.Equal([("n", expected)], streamed.ToolCalls);
        Assert.Equal("tool_calls", streamed.FinishReason);
    }

    [Fact]
    public async Task Stream_CallsOpenTogether_AreWrittenOneAfterTheOther()
    {
        var streamed = await StreamAsync(Events(
        [
            Call(0, "t1", "left"), Call(1, "t2", "none"), Call(2, "t3", "right"),
            Arguments(0, "{\"n\":1"), Arguments(2, "{\"n\":"), Text(3, "Both."), Arguments(0, "}"), Arguments(2, "2}"),
            BlockStop(2), BlockStop(1), BlockStop(0), BlockStop(3),
        ], "tool_use"));

        Assert.Equal([("left", "{\"n\":1}"), ("none", "{}"), ("right", "{\"n\":2}")], streamed.ToolCalls);
        Assert.Equal("Both.", streamed.Content);
        var order = streamed.Chunks.SelectMany(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).Select(call => (int)call!["index"]!).ToArray();
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task Stream_CallsNeverStopped_AreWholeAtTheEnd()
    {
        var streamed = await StreamAsync(Events([Call(0, "t1", "left"), Arguments(0, "{\"n\":1}"), Call(1, "t2", "right"), Arguments(1, "{\"n\":2}")], "tool_use"));

        Assert.Equal([("left", "{\"n\":1}"), ("right", "{\"n\":2}")], streamed.ToolCalls);
    }

    [Fact]
    public async Task Stream_CallsThatShareANumber_AreTwo()
    {
        var streamed = await StreamAsync(Events([Call(0, "t1", "left"), Arguments(0, "{\"n\":1}"), BlockStop(0), Call(0, "t2", "right"), Arguments(0, "{\"n\":2}"), BlockStop(0)], "tool_use"));

        Assert.Equal([("left", "{\"n\":1}"), ("right", "{\"n\":2}")], streamed.ToolCalls);
    }

    [Fact]
    public async Task Stream_ArgumentsBehindTheNextCall_AreAFailureAndNoWrongCall()
    {
        var streamed = await StreamAsync(Events([Call(0, "t1", "left"), BlockStop(0), Call(1, "t2", "right"), BlockStop(1), Arguments(0, "{\"n\":1}")], "tool_use"));

        Assert.Equal(FailureKind.CutAfterCommit, streamed.Failure!.Kind);
    }

    [Fact]
    public async Task Stream_MoreWaitingThanIsKept_IsAFailure()
    {
        var piece = new string('x', AnthropicCalls.MaxWaitingChars / 2 + 1);

        var streamed = await StreamAsync(Events([Call(0, "t1", "left"), Call(1, "t2", "right"), Arguments(1, piece), Arguments(1, piece)], "tool_use"));

        Assert.Equal(FailureKind.CutAfterCommit, streamed.Failure!.Kind);
    }

    [Fact]
    public async Task Stream_MoreBlocksThanAnyModelWrites_IsAFailure()
    {
        var streamed = await StreamAsync([Start, .. Enumerable.Range(0, AnthropicEvents.MaxBlocks + 1).Select(index => BlockStart(index, """{"type":"text","text":""}"""))]);

        Assert.Equal(FailureKind.CutBeforeCommit, streamed.Failure!.Kind);
    }

    [Fact]
    public async Task Stream_UnknownDeltaBesideEachPieceOfText_IsNoBlockOfItsOwn()
    {
        var streamed = await StreamAsync(Events([.. Enumerable.Range(0, AnthropicEvents.MaxBlocks).SelectMany(_ => new[] { BlockDelta(0, """{"type":"weight_delta","weight":1}"""), Text(0, "x") })]));

        Assert.Equal((null, AnthropicEvents.MaxBlocks), (streamed.Failure, streamed.Content.Length));
    }

    public static TheoryData<string, string[], string, string> Texts => new()
    {
        { "text and thinking in the blocks' starts", [BlockStart(0, """{"type":"thinking","thinking":"Hm. "}"""), BlockStart(1, """{"type":"text","text":"It is "}"""), Text(1, "4.")], "It is 4.", "Hm. " },
        { "blocks open together", [BlockStart(0, """{"type":"text","text":""}"""), BlockStart(1, """{"type":"thinking","thinking":""}"""), Text(0, "It "), Thought(1, "Hm."), Text(0, "is 4."), BlockStop(1), BlockStop(0)], "It is 4.", "Hm." },
        { "no block started", [Thought(0, "Hm."), Text(1, "It is 4.")], "It is 4.", "Hm." },
        { "no block started or numbered", [Thought(0, "Hm.").Replace("\"index\":0,", "", StringComparison.Ordinal), Text(0, "It is 4.").Replace("\"index\":0,", "", StringComparison.Ordinal)], "It is 4.", "Hm." },
        { "all under one number", [Thought(0, "Hm."), Text(0, "It is "), Text(0, "4.")], "It is 4.", "Hm." },
        { "deltas without a type", [BlockDelta(0, """{"thinking":"Hm."}"""), BlockDelta(1, """{"text":"It is 4."}""")], "It is 4.", "Hm." },
        { "deltas of the block's type", [BlockDelta(0, """{"type":"thinking","thinking":"Hm."}"""), BlockDelta(1, """{"type":"text","text":"It is 4."}""")], "It is 4.", "Hm." },
        { "thinking called a text", [BlockStart(0, """{"type":"thinking","text":"H"}"""), BlockDelta(0, """{"type":"thinking_delta","text":"m."}"""), Text(1, "It is 4.")], "It is 4.", "Hm." },
        { "events without a type", [Typeless(BlockStart(0, """{"type":"text","text":"It "}""")), Typeless(Text(0, "is 4.")), Typeless(BlockStop(0)), Thought(1, "Hm.")], "It is 4.", "Hm." },
        { "a character in two halves", [Text(0, "Good \\ud83d"), Text(0, "\\ude00 day"), Thought(1, "\\ud83d"), Thought(1, "\\ude00")], $"Good {Smile} day", Smile },
        { "a character in two halves, with another block between", [Text(0, "\\ud83d"), Thought(1, "\\ud83d"), Text(0, "\\ude00"), Thought(1, "\\ude00")], Smile, Smile },
        { "a character in two halves, the first in the block's start", [BlockStart(0, """{"type":"text","text":"\ud83d"}"""), Text(0, ""), Text(0, "\\ude00")], Smile, "" },
        { "half a character at the end", [Text(0, "Good \\ud83d"), BlockStop(0), Thought(1, "\\ud83d")], "Good \uFFFD", "\uFFFD" },
        { "second halves without a first", [Text(0, "a\\ude00b"), Thought(1, "\\ude00")], "a\uFFFDb", "\uFFFD" },
        { "two first halves", [Text(0, "\\ud83d"), Text(0, "\\ud83d\\ude00")], $"\uFFFD{Smile}", "" },
        { "escapes of all kinds around a half", [Text(0, "\\\"\\\\\\n\\u00fc/\\/\\ud83d"), Text(0, "\\ude00")], $"\"\\\nü//{Smile}", "" },
        { "pings, unknown events, blocks and deltas", ["""{"type":"ping"}""", "ping", "[PING]", """{"type":"hologram_start","index":0}""", "7", "null", "{}", BlockDelta(0, """{"type":"hologram_delta","x":1}"""), Text(1, "Hi")], "Hi", "" },
    };

    [Theory, MemberData(nameof(Texts))]
    public async Task Stream_TextAndThinking_ArePutTogether(string name, string[] events, string content, string reasoning)
    {
        var streamed = await StreamAsync(Events(events));

        Assert.NotEmpty(name);
        Assert.Null(streamed.Failure);
        Assert.Equal((content, reasoning), (streamed.Content, streamed.Reasoning));
        var sum = DeltaSum.Of(streamed.Chunks);
        Assert.Equal(reasoning, string.Concat((sum["reasoning_details"]?.AsArray() ?? []).Select(detail => (string?)detail!["text"])));
        Assert.Equal(reasoning, string.Concat((sum["thinking_blocks"]?.AsArray() ?? []).Select(block => (string?)block!["thinking"])));
    }

    [Fact]
    public async Task Stream_Thinking_GoesOnInFragmentsThatAreSignedAtTheEnd()
    {
        var streamed = await StreamAsync(Events(
            BlockStart(0, """{"type":"thinking","thinking":"","signature":""}"""), Thought(0, "Let "), Thought(0, "me see."), Signature(0, "c2ln"), BlockStop(0),
            BlockStart(1, """{"type":"redacted_thinking","data":"ZGF0YQ=="}"""), BlockStop(1),
            Text(2, "4")));

        var deltas = streamed.Chunks.Select(chunk => chunk["choices"]![0]!["delta"]!.AsObject()).ToArray();
        AssertSame("""
            [{"role":"assistant","content":""},
             {"reasoning_content":"Let ","reasoning_details":[{"type":"reasoning.text","text":"Let ","format":"anthropic-claude-v1","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"Let ","signature":""}]},
             {"reasoning_content":"me see.","reasoning_details":[{"type":"reasoning.text","text":"me see.","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"me see.","signature":""}]},
             {"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"","signature":"c2ln"}]},
             {"reasoning_details":[{"type":"reasoning.encrypted","data":"ZGF0YQ==","format":"anthropic-claude-v1","index":1}],"thinking_blocks":[{"index":1,"type":"redacted_thinking","data":"ZGF0YQ=="}]},
             {"content":"4"},{}]
            """, new JsonArray([.. deltas.Select(delta => delta.DeepClone())]));
    }

    [Theory]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature":"given"}""", null, "given")]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature":"given"}""", "later", "later")]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature":"given"}""", "given", "given")]
    [InlineData("""{"type":"thinking","thinking":"Hm."}""", "later", "later")]
    [InlineData("""{"type":"thinking","thinking":"","signature":""}""", "later", "later")]
    public async Task Stream_SignatureInTheStartOrInADelta_IsToldOnce(string block, string? delta, string expected)
    {
        string[] events = delta is null ? [BlockStart(0, block), BlockStop(0)] : [BlockStart(0, block), Signature(0, delta), Signature(0, delta), BlockStop(0)];

        var message = await MessageAsync(Events(events));

        Assert.Equal(expected, (string?)message["thinking_blocks"]![0]!["signature"]);
        Assert.Equal(expected, (string?)message["reasoning_details"]![0]!["signature"]);
        Assert.Equal("anthropic-claude-v1", (string?)message["reasoning_details"]![0]!["format"]);
    }

    [Fact]
    public async Task Stream_ServerTool_GoesOnAsItCame()
    {
        var message = await MessageAsync(Events(
            BlockStart(0, """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}"""), Arguments(0, "{\"query\":"), Arguments(0, "\"Oslo\"}"), BlockStop(0),
            BlockStart(1, """{"type":"compaction","content":null}"""), BlockDelta(1, """{"type":"compaction_delta","content":"So far."}"""), BlockStop(1),
            Call(2, "t", "n"), Arguments(2, "{\"a\":1}"), BlockStop(2)));

        AssertSame("""
            [{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{},"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"Oslo\"}"}},
             {"type":"compaction","content":null,"delta":{"type":"compaction_delta","content":"So far."}}]
            """, message["provider_specific_fields"]!["content_blocks"]!);
        Assert.Equal("{\"a\":1}", (string?)message["tool_calls"]![0]!["function"]!["arguments"]);
    }

    [Fact]
    public async Task Stream_Citations_FollowTheTextThatRestsOnThem()
    {
        var message = await MessageAsync(Events(
            Text(0, "It "), BlockStop(0), BlockStart(1, """{"type":"text","text":"","citations":[]}"""),
            BlockDelta(1, """{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://x.test","title":"X","cited_text":"Rain."}}"""), Text(1, "rains."), BlockStop(1),
            Text(2, "Really.")));

        AssertSame("""[{"type":"url_citation","url_citation":{"start_index":3,"end_index":9,"url":"https://x.test","title":"X","content":"Rain."}}]""", message["annotations"]!);
        Assert.Equal("It rains.Really.", (string?)message["content"]);
    }

    [Fact]
    public async Task Stream_WhatTheEventsSayBesides_GoesOn()
    {
        var message = await MessageAsync(
            Start.Replace("\"content\":[]", "\"content\":[],\"container\":{\"id\":\"c\"}", StringComparison.Ordinal), Text(0, "Hi"),
            """{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"context_management":{"applied_edits":[]},"usage":{"output_tokens":2}}""", Stop);

        AssertSame("""{"container":{"id":"c"},"stop_sequence":"END","context_management":{"applied_edits":[]}}""", message["provider_specific_fields"]!);
    }

    public static TheoryData<string, string[]> Ends => new()
    {
        { "nothing behind the stop reason", [Start, Text(0, "Hi"), MessageDelta("end_turn")] },
        { "[DONE] behind message_stop", [Start, Text(0, "Hi"), MessageDelta("end_turn"), Stop, "[DONE]"] },
        { "[DONE] in its place", [Start, Text(0, "Hi"), MessageDelta("end_turn"), "[DONE]"] },
        { "[DONE] and no stop reason", [Start, Text(0, "Hi"), "[DONE]"] },
        { "no stop reason", [Start, Text(0, "Hi"), Stop] },
        { "an empty stop reason", [Start, Text(0, "Hi"), MessageDelta(""), Stop] },
        { "the stop reason twice", [Start, Text(0, "Hi"), MessageDelta("end_turn"), MessageDelta("end_turn"), Stop] },
        { "the stop reason before the block's stop", [Start, BlockStart(0, """{"type":"text","text":"Hi"}"""), MessageDelta("end_turn"), BlockStop(0), Stop] },
        { "no message_start", [Text(0, "Hi"), MessageDelta("end_turn"), Stop] },
        { "message_start twice", [Start, Start, Text(0, "Hi"), MessageDelta("end_turn"), Stop] },
        { "an error behind the stop reason", [Start, Text(0, "Hi"), MessageDelta("end_turn"), """{"type":"error","error":{"type":"api_error","message":"x"}}"""] },
        { "something broken behind the stop reason", [Start, Text(0, "Hi"), MessageDelta("end_turn"), "{\"type\":\"mess"] },
        { "the message as one event", [Message("""[{"type":"text","text":"Hi"}]""")] },
        { "the message as one event, without a type", ["""{"content":"Hi"}"""] },
        { "events without a type", [Typeless(Start), Typeless(BlockStart(0, """{"type":"text","text":"Hi"}""")), Typeless(MessageDelta("end_turn")), "[DONE]"] },
        { "the message again behind its pieces", [Start, Text(0, "Hi"), Message("""[{"type":"text","text":"Hi"}]""")] },
        { "the content in message_start", [Start.Replace("\"content\":[]", "\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]", StringComparison.Ordinal), MessageDelta("end_turn"), Stop] },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task Stream_EndOfGateways_IsTheEndOfAWholeAnswer(string name, string[] events)
    {
        var streamed = await StreamAsync(events);

        Assert.NotEmpty(name);
        Assert.Equal((null, "Hi", "stop"), (streamed.Failure, streamed.Content, streamed.FinishReason));
        Assert.Equal("stop", (string?)Assert.Single(streamed.Chunks, chunk => chunk["choices"]![0]!["finish_reason"] is not null)["choices"]![0]!["finish_reason"]);
        Assert.Equal("assistant", (string?)streamed.Chunks[0]["choices"]![0]!["delta"]!["role"]);
    }

    public static TheoryData<string, string[], FailureKind> Cuts => new()
    {
        { "a cut behind content", [Start, Text(0, "Hi")], FailureKind.CutAfterCommit },
        { "an empty stop reason, then a cut", [Start, Text(0, "Hi"), MessageDelta("")], FailureKind.CutAfterCommit },
        { "a cut before content", [Start], FailureKind.CutBeforeCommit },
        { "an end without content or reason", [Start, Stop], FailureKind.CutBeforeCommit },
        { "[DONE] and nothing else", ["[DONE]"], FailureKind.CutBeforeCommit },
        { "nothing", [], FailureKind.CutBeforeCommit },
        { "something broken", [Start, Text(0, "Hi"), "{\"type\":\"mess", MessageDelta("end_turn"), Stop], FailureKind.CutAfterCommit },
        { "an error as the reason", [Start, Text(0, "Hi"), MessageDelta("error"), Stop], FailureKind.CutAfterCommit },
    };

    [Theory, MemberData(nameof(Cuts))]
    public async Task Stream_Cut_IsNeverAnAnswer(string name, string[] events, FailureKind expected)
    {
        var streamed = await StreamAsync(events);

        Assert.NotEmpty(name);
        Assert.Equal((expected, null), (streamed.Failure!.Kind, streamed.FinishReason));
        Assert.All(streamed.Chunks, chunk => Assert.Null(chunk["choices"]![0]!["finish_reason"]));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Stream_EveryLineEndWithAndWithoutNames_IsRead(string end)
    {
        var named = string.Concat(Events(Text(0, "Hi")).Select(item => $"event: {(string)JsonNode.Parse(item)!["type"]!}{end}data: {item}{end}{end}"));
        var nameless = string.Concat(Events(Text(0, "Hi")).Select(item => $"data:{item}{end}{end}"));

        foreach (var text in new[] { named, nameless })
        {
            var streamed = await StreamTextAsync(text);
            Assert.Equal((null, "Hi", "stop"), (streamed.Failure, streamed.Content, streamed.FinishReason));
        }
    }

    [Theory]
    [InlineData("CUDA out of memory")]
    [InlineData("{\"code\":500}")]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"more\"}}")]
    [InlineData("")]
    public async Task Stream_EventNamedError_IsOneWhateverItSays(string data)
    {
        var streamed = await StreamTextAsync($"data: {Start}\n\ndata: {Text(0, "Half")}\n\nevent: error\ndata: {data}\n\ndata: {MessageDelta("end_turn")}\n\n");

        Assert.Equal((FailureKind.CutAfterCommit, "Half"), (streamed.Failure!.Kind, streamed.Content));
    }

    [Fact]
    public async Task Stream_ByteOrderMark_IsNoPartOfIt() =>
        Assert.Equal("Hi", (await StreamTextAsync('\uFEFF' + string.Concat(Events(Text(0, "Hi")).Select(item => $"data: {item}\n\n")))).Content);

    private static string Thought(int index, string text) => BlockDelta(index, $$"""{"type":"thinking_delta","thinking":"{{text}}"}""");

    private static string Signature(int index, string signature) => BlockDelta(index, $$"""{"type":"signature_delta","signature":"{{signature}}"}""");

    private static string Typeless(string item) => "{" + item[(item.IndexOf(',', StringComparison.Ordinal) + 1)..];
}
