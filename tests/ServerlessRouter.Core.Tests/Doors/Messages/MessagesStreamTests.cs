using System.Buffers;
using System.Text;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Testing.Chance;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Messages.MessagesChat;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Streams of chat chunks as the events of a message; <see cref="EventStream"/> refuses any order that Anthropic's clients do not know.</summary>
public sealed class MessagesStreamTests
{
    [Fact]
    public void Take_Text_IsStartPingBlockDeltaStop()
    {
        var stream = Stream(Chunk("""{"role":"assistant","content":""}"""), Text("Hel"), Text("lo \\u00e9\\n"), Chunk("{}", "stop"), Usage());

        Assert.Equal(["message_start", "ping", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"], stream.Types);
        Assert.Equal("Hello é\n", (string)stream.Message!["content"]![0]!["text"]!);
        Assert.Equal("end_turn", (string)stream.Message["stop_reason"]!);
        Assert.Equal("msg_1", (string)stream.Message["id"]!);
        Assert.Equal("gpt-x", (string)stream.Message["model"]!);
        Assert.Equal(3, (int)stream.Message["usage"]!["output_tokens"]!);
        Assert.Equal(9, (int)stream.Message["usage"]!["input_tokens"]!);
    }

    [Fact]
    public void Take_FirstChunk_EstimatesTheInput() =>
        Assert.Equal(12, (int)Stream(Text("x")).Events[0]["message"]!["usage"]!["input_tokens"]!);

    [Fact]
    public void Take_UsageBehindTheEnd_CountsWithCacheAndCost()
    {
        var stream = Stream(Text("x"), Chunk("{}", "stop"),
            Usage("""{"prompt_tokens":100,"completion_tokens":7,"total_tokens":107,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30},"completion_tokens_details":{"reasoning_tokens":4},"cost":0.5}"""));

        Assert.Equal("""{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":60,"output_tokens":7,"output_tokens_details":{"thinking_tokens":4},"cost":0.5}""", stream.Events[^2]["usage"]!.ToJsonString());
    }

    [Fact]
    public void Take_ReasoningThenText_AreTwoBlocks()
    {
        var stream = Stream(Chunk("""{"reasoning_content":"Hm"}"""), Chunk("""{"reasoning_content":"m."}"""), Text("Yes"), Chunk("{}", "stop"));

        Assert.Equal("""[{"type":"thinking","thinking":"Hmm.","signature":""},{"type":"text","text":"Yes"}]""", stream.Content);
    }

    [Fact]
    public void Take_WholeAnswerInOneChunk_ThinkingComesFirst()
    {
        var stream = Stream(Chunk("""{"content":"Yes","tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}],"reasoning_content":"Hm"}""", "tool_calls"));

        Assert.Equal("""[{"type":"thinking","thinking":"Hm","signature":""},{"type":"text","text":"Yes"},{"type":"tool_use","id":"c","name":"t","input":{}}]""", stream.Content);
        Assert.Equal("tool_use", (string)stream.Message!["stop_reason"]!);
    }

    [Fact]
    public void Take_SignedThinking_KeepsTheSignatureAndRedactedBlocks()
    {
        var stream = Stream(
            Chunk("""{"reasoning_content":"A","reasoning_details":[{"type":"reasoning.text","text":"A","format":"anthropic-claude-v1","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"A","signature":""}]}"""),
            Chunk("""{"reasoning_content":"b","reasoning_details":[{"type":"reasoning.text","text":"b","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"b","signature":""}]}"""),
            Chunk("""{"reasoning_details":[{"type":"reasoning.text","signature":"s+/=","index":0}],"thinking_blocks":[{"index":0,"type":"thinking","thinking":"","signature":"s+/="}]}"""),
            Chunk("""{"reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1","index":1}],"thinking_blocks":[{"index":1,"type":"redacted_thinking","data":"d"}]}"""),
            Text("Yes"), Chunk("{}", "stop", ",\"native_finish_reason\":\"end_turn\""));

        Assert.Equal("""[{"type":"thinking","thinking":"Ab","signature":"s\u002B/="},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"Yes"}]""", stream.Content);
    }

    [Fact]
    public void Take_ThinkingOfTwoBlocks_AreTwoBlocks()
    {
        var stream = Stream(
            Chunk("""{"thinking_blocks":[{"index":0,"type":"thinking","thinking":"A","signature":""}]}"""), Chunk("""{"thinking_blocks":[{"index":0,"type":"thinking","thinking":"","signature":"s"}]}"""),
            Chunk("""{"thinking_blocks":[{"index":1,"type":"thinking","thinking":"B","signature":"t"}]}"""), Chunk("{}", "stop"));

        Assert.Equal("""[{"type":"thinking","thinking":"A","signature":"s"},{"type":"thinking","thinking":"B","signature":"t"}]""", stream.Content);
    }

    [Fact]
    public void Take_Calls_AreBlocksWithTheirArguments()
    {
        var stream = Stream(
            Text("Let me see."),
            Call(0, "a", "read", ""), Call(0, null, null, "{\\\"path\\\":"), Call(0, null, null, "\\\"x}\\\"}"),
            Call(1, "b", "list", "{}"), Chunk("{}", "tool_calls"), Usage());

        Assert.Equal("""[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"a","name":"read","input":{"path":"x}"}},{"type":"tool_use","id":"b","name":"list","input":{}}]""", stream.Content);
        Assert.Equal("tool_use", (string)stream.Message!["stop_reason"]!);
    }

    [Fact]
    public void Take_InterleavedCalls_NeverOverlap()
    {
        var stream = Stream(
            Call(0, "a", "read", "{\\\"p\\\":"), Call(1, "b", "list", "{\\\"q\\\""), Call(2, "c", "stat", ""), Call(0, null, null, "1}"), Call(1, null, null, ":2"), Call(2, null, null, "{\\\"r\\\":3}"), Call(1, null, null, "}"),
            Chunk("{}", "tool_calls"));

        Assert.Equal("""[{"type":"tool_use","id":"a","name":"read","input":{"p":1}},{"type":"tool_use","id":"b","name":"list","input":{"q":2}},{"type":"tool_use","id":"c","name":"stat","input":{"r":3}}]""", stream.Content);
    }

    [Fact]
    public void Take_CallWhoseArgumentsAreWhole_LetsTheNextOneStream()
    {
        using var writer = MessagesDoor.Instance.OpenStream(Terms());
        Assert.Contains("content_block_start", Write(writer, Call(0, "a", "read", "{}")), StringComparison.Ordinal);
        Assert.Contains("\"index\":1", Write(writer, Call(1, "b", "list", "{\\\"q\\\"")), StringComparison.Ordinal);
        Assert.Contains(":2}", Write(writer, Call(1, null, null, ":2}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\\\"a\\\":\\\"}{\\\\\\\"\\\"}")]
    [InlineData("{\\u0022a\\u0022:\\u007b\\u007d}")]
    [InlineData(" {\\n\\t\\\"a\\\":[{},[]]}\\n")]
    public void Take_TextBehindAWholeCall_IsABlockOfItsOwn(string arguments)
    {
        var stream = Stream(Call(0, "a", "t", arguments), Text("so"), Call(1, "b", "t", "{}"), Chunk("{}", "tool_calls"));

        Assert.Equal(["tool_use", "text", "tool_use"], stream.Message!["content"]!.AsArray().Select(static block => (string)block!["type"]!));
    }

    [Fact]
    public void Take_BlankText_BeginsNoBlock()
    {
        var stream = Stream(Text("\\n"), Text(" "), Text("\\n a"), Text("\\n"), Text("b"), Call(0, "a", "t", "{}"), Text("\\n\\n"), Call(1, "b", "t", "{}"), Text(" "), Chunk("{}", "tool_calls"));

        Assert.Equal("""[{"type":"text","text":"\n \n a\nb"},{"type":"tool_use","id":"a","name":"t","input":{}},{"type":"tool_use","id":"b","name":"t","input":{}}]""", stream.Content);
    }

    [Fact]
    public void Take_TextInsideACall_WaitsForItsEnd()
    {
        var stream = Stream(Call(0, "a", "t", "{\\\"x\\\":"), Text("so"), Chunk("""{"reasoning_content":"hm"}"""), Text("!"), Call(0, null, null, "1}"), Chunk("{}", "tool_calls"));

        Assert.Equal("""[{"type":"tool_use","id":"a","name":"t","input":{"x":1}},{"type":"text","text":"so"},{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"!"}]""", stream.Content);
    }

    [Fact]
    public void Take_NameBehindArguments_WaitsForTheName()
    {
        var stream = Stream(Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{\"x\""}}]}"""), Call(0, null, "t", ":1}"), Chunk("{}", "tool_calls"));

        Assert.Equal("""[{"type":"tool_use","id":"a","name":"t","input":{"x":1}}]""", stream.Content);
    }

    [Fact]
    public void Take_OldFunctionCall_IsACall()
    {
        var stream = Stream(Chunk("""{"function_call":{"name":"t","arguments":""}}"""), Chunk("""{"function_call":{"arguments":"{\"x\":1}"}}"""), Chunk("{}", "function_call"));

        Assert.Equal("""{"x":1}""", stream.Message!["content"]![0]!["input"]!.ToJsonString());
        Assert.Equal("tool_use", (string)stream.Message["stop_reason"]!);
    }

    [Theory]
    [InlineData("stop", "", "end_turn", null)]
    [InlineData("length", "", "max_tokens", null)]
    [InlineData("content_filter", "", "refusal", null)]
    [InlineData("model_length", "", "model_context_window_exceeded", null)]
    [InlineData("tool_calls", "", "end_turn", null)]
    [InlineData("eos", "", "end_turn", null)]
    [InlineData("stop", ",\"stop_reason\":\"END\"", "stop_sequence", "END")]
    [InlineData("stop", ",\"stop_reason\":128009", "end_turn", null)]
    [InlineData("stop", ",\"native_finish_reason\":\"pause_turn\"", "pause_turn", null)]
    [InlineData("length", ",\"native_finish_reason\":\"model_context_window_exceeded\"", "model_context_window_exceeded", null)]
    [InlineData("stop", ",\"native_finish_reason\":\"STOP\"", "end_turn", null)]
    public void Take_FinishReason_IsAStopReason(string finish, string more, string reason, string? sequence)
    {
        var stream = Stream(Text("x"), Chunk("{}", finish, more));

        Assert.Equal(reason, (string)stream.Message!["stop_reason"]!);
        Assert.Equal(sequence, (string?)stream.Message["stop_sequence"]);
    }

    [Fact]
    public void End_WithoutFinishReason_StillEndsTheMessage()
    {
        Assert.Equal("end_turn", (string)Stream(Text("x")).Message!["stop_reason"]!);
        Assert.Equal("tool_use", (string)Stream(Call(0, "a", "t", "{}")).Message!["stop_reason"]!);
        Assert.Equal(["message_start", "ping", "message_delta", "message_stop"], Stream().Types);
    }

    [Fact]
    public void Take_ErrorChunk_IsAnErrorEventAndTheEnd()
    {
        var stream = Stream(Text("x"), """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"message":"It broke off.","type":"server_error","code":"temporarily_unavailable"}}""", Text("y"));

        Assert.Equal("""{"type":"error","error":{"type":"overloaded_error","message":"It broke off."},"request_id":"req_1"}""", stream.Error!.ToJsonString());
        Assert.False(stream.IsSettled);
    }

    [Fact]
    public void Take_MetadataChunk_IsToldAtTheEnd() =>
        Assert.Equal("""{"route":"r"}""", Stream(Text("x"), Chunk("{}", "stop"), """{"choices":[],"router_metadata":{"route":"r"}}""").Events[^2]["router_metadata"]!.ToJsonString());

    [Fact]
    public void Take_OwnToolsAndCitations_KeepTheirBlocks()
    {
        var stream = Stream(
            Chunk("""{"role":"assistant","content":"","provider_specific_fields":{"container":{"id":"c"}}}"""),
            Chunk("""{"provider_specific_fields":{"content_blocks":[{"index":0,"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}]}}"""),
            Chunk("""{"provider_specific_fields":{"content_blocks":[{"index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"q\"}"}}]}}"""),
            Chunk("""{"provider_specific_fields":{"content_blocks":[{"index":1,"type":"web_search_tool_result","tool_use_id":"srv_1","content":[]}]}}"""),
            Text("A"),
            Chunk("""{"annotations":[{"index":0,"type":"url_citation","url_citation":{"url":"u"}}],"provider_specific_fields":{"citations":[{"index":0,"start_index":0,"end_index":1,"citation":{"type":"web_search_result_location","url":"u","encrypted_index":"e"}}]}}"""),
            Text("B"), Chunk("""{"provider_specific_fields":{"stop_sequence":"END"}}""", "stop"));

        Assert.Equal("""[{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"srv_1","content":[]},{"type":"text","text":"A","citations":[{"type":"web_search_result_location","url":"u","encrypted_index":"e"}]},{"type":"text","text":"B"}]""", stream.Content);
        Assert.Equal("stop_sequence", (string)stream.Message!["stop_reason"]!);
        Assert.Equal("c", (string)stream.Message["container"]!["id"]!);
    }

    [Fact]
    public void Take_Annotations_AreCitationsOfSearchResults()
    {
        var stream = Stream(Text("A"), Chunk("""{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a","title":"T","start_index":0,"end_index":1}}]}"""), Chunk("{}", "stop"));

        Assert.Equal("""[{"type":"text","text":"A","citations":[{"type":"web_search_result_location","url":"https://a","title":"T","cited_text":"","encrypted_index":""}]}]""", stream.Content);
    }

    [Fact]
    public void Take_Refusal_IsTextAndTheReason()
    {
        var stream = Stream(Chunk("""{"refusal":"No."}"""), Chunk("{}", "content_filter"));

        Assert.Equal("""[{"type":"text","text":"No."}]""", stream.Content);
        Assert.Equal("refusal", (string)stream.Message!["stop_reason"]!);
    }

    [Fact]
    public void Take_OtherChoices_AreLeftOut() =>
        Assert.Equal("""[{"type":"text","text":"x"}]""", Stream(Text("x"), """{"choices":[{"index":1,"delta":{"content":"y"},"finish_reason":"stop"}]}""").Content);

    [Theory]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"choices\":null}")]
    [InlineData("{\"choices\":[null,1,{}]}")]
    [InlineData("{\"choices\":[{\"delta\":null,\"finish_reason\":1}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":1,\"tool_calls\":[null],\"reasoning_details\":[1],\"thinking_blocks\":{},\"annotations\":[1],\"provider_specific_fields\":{\"content_blocks\":[1],\"citations\":[1]}}}]}")]
    public void Take_OddChunks_BreakNothing(string chunk) => Assert.Equal("end_turn", (string)Stream(Text("x"), chunk, Chunk("{}", "stop")).Message!["stop_reason"]!);

    [Fact]
    public void Take_CommentsAndLineEnds_AreNoEvents() =>
        Assert.Equal("""[{"type":"text","text":"xy"}]""", StreamOf([": keep-alive\n\n", $"data: {Text("x")}\r\n\r\n: a\n\ndata:{Text("y")}\n\n", ""]).Content);

    [Fact]
    public void Take_AnyDivisionIntoBatches_WritesTheSame()
    {
        string[] events =
        [
            .. new[]
            {
                Chunk("""{"role":"assistant","content":""}"""), Chunk("""{"reasoning_content":"a"}"""), Text("b"), Text("c"), Call(0, "a", "read", "{\\\"p\\\":"), Call(1, "b", "list", "{"), Call(0, null, null, "1}"), Call(1, null, null, "}"),
                Chunk("{}", "tool_calls"), Usage(),
            }.Select(static chunk => $"data: {chunk}\n\n"),
        ];
        var whole = StreamOf(events);
        var random = new SeededRandomSource(7);
        for (var round = 0; round < 50; round++)
        {
            var batches = new List<string>();
            foreach (var item in events)
            {
                if (batches.Count == 0 || random.Next(2) == 0)
                    batches.Add("");
                batches[^1] += item;
            }

            Assert.Equal(whole.Events.Select(static item => item.ToJsonString()), StreamOf(batches).Events.Select(static item => item.ToJsonString()));
        }
    }

    [Fact]
    public void Take_StreamsCutAnywhere_StayWellFormed()
    {
        string[] chunks =
        [
            Chunk("""{"reasoning_content":"a"}"""), Text("b"), Call(0, "a", "read", "{}"), Call(1, "b", "list", "{\\\"q\\\":1"), Text("c"), Call(2, "c", "stat", "{}"), Call(1, null, null, "}"), Chunk("{}", "tool_calls"), Usage(),
        ];
        const string Error = """{"choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"message":"cut","code":"upstream_error"}}""";
        for (var length = 0; length <= chunks.Length; length++)
        {
            // A call whose arguments are cut cannot be put together, which is the client's to see; the order of the events holds.
            if (length is < 4 or > 6)
                Assert.True(Stream(chunks[..length]).IsSettled);
            Assert.Equal("api_error", (string)Stream([.. chunks[..length], Error]).Error!["error"]!["type"]!);
        }
    }

    internal static string Call(int index, string? id, string? name, string arguments)
    {
        var head = id is null ? "" : $"\"id\":\"{id}\",\"type\":\"function\",";
        var named = name is null ? "" : $"\"name\":\"{name}\",";
        return Chunk($$$"""{"tool_calls":[{"index":{{{index}}},{{{head}}}"function":{{{{named}}}"arguments":"{{{arguments}}}"}}]}""");
    }

    private static string Write(ServerlessRouter.Doors.DoorStream writer, string chunk)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.Take(Encoding.UTF8.GetBytes($"data: {chunk}\n\n"), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
