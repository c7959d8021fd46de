using ServerlessRouter.Errors;
using Xunit;
using static ServerlessRouter.Core.Tests.Providers.ResponsesAnswers;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Streams of responses, as the vendor sends them and as gateways do: which event belongs where, what is whole, what is an end.</summary>
public sealed class ResponsesStreamTests
{
    private const string EmptyMessage = """{"type":"message","id":"msg_1","status":"in_progress","role":"assistant","content":[]}""";

    public static TheoryData<string, string[]> Hellos => new()
    {
        { "the vendor's own", [Start, Added(0, EmptyMessage), Text("Hel"), Text("lo"), """{"type":"response.output_text.done","output_index":0,"content_index":0,"item_id":"msg_1","text":"Hello"}""", Done(0, Message("Hello")), End(Message("Hello"))] },
        { "no added", [Start, Text("Hel"), Text("lo"), End(Message("Hello"))] },
        { "no start", [Text("Hel"), Text("lo"), End()] },
        { "no output at the end", [Start, Text("Hello"), End()] },
        { "a delta lost", [Start, Added(0, EmptyMessage), Text("Hel"), Done(0, Message("Hello")), End()] },
        { "a text without deltas", [Start, Added(0, EmptyMessage), """{"type":"response.output_text.done","output_index":0,"content_index":0,"item_id":"msg_1","text":"Hello"}""", End()] },
        { "a part without deltas", [Start, """{"type":"response.content_part.done","output_index":0,"content_index":0,"item_id":"msg_1","part":{"type":"output_text","text":"Hello"}}""", End(Message("Hello"))] },
        { "the response alone", [End(Message("Hello"))] },
        { "the response as a document", [Response(Message("Hello"))] },
        { "the deltas lost", [Start, Added(0, EmptyMessage), Done(0, Message("Hello")), End(Message("Hello"))] },
        { "ids made up anew for every event", [Start, Added(1, EmptyMessage), Text("Hel", 1, "x1"), Text("lo", 1, "x2"), Done(1, Message("Hello").Replace("msg_1", "x3", StringComparison.Ordinal)), End(Message("Hello").Replace("msg_1", "x4", StringComparison.Ordinal))] },
        { "no numbers", [Start, """{"type":"response.output_text.delta","delta":"Hel"}""", """{"type":"response.output_text.delta","delta":"lo"}""", End()] },
        { "other events", [Start, """{"type":"response.in_progress"}""", """{"type":"keepalive"}""", "ping", """{"type":"response.something.new","delta":"no"}""", Text("Hello"), """{"delta":"no"}""", End(Message("Hello"))] },
        { "response.done", [Start, Text("Hello"), $$"""{"type":"response.done","response":{{Response(Message("Hello"))}}}"""] },
        { "anything behind the end", [Start, Text("Hello"), End(), Text("no"), """{"type":"error","message":"no"}"""] },
        { "[DONE] behind the end", [Start, Text("Hello"), End(), "[DONE]"] },
    };

    [Theory, MemberData(nameof(Hellos))]
    public async Task Stream_Message_IsItsText(string name, string[] payloads)
    {
        var streamed = await StreamAsync(payloads);

        Assert.NotEmpty(name);
        Assert.Null(streamed.Failure);
        Assert.Equal(("Hello", "stop"), (streamed.Content, streamed.FinishReason));
        Assert.True(streamed.HasContent);
        Assert.Equal(Served, streamed.Usage);
        Assert.All(streamed.Chunks, static chunk => Assert.Equal("chat.completion.chunk", (string?)chunk["object"]));
    }

    [Fact]
    public async Task Stream_MarkBehindWholeItems_IsWholeWithoutTheResponse()
    {
        var streamed = await StreamAsync(Start, Text("Hello"), Done(0, Message("Hello")), "[DONE]");

        Assert.Null(streamed.Failure);
        Assert.Equal(("Hello", "stop", null), (streamed.Content, streamed.FinishReason, streamed.Usage));
    }

    public static TheoryData<string, string[], FailureKind> Cuts => new()
    {
        { "no end", [Start, Text("Hello")], FailureKind.CutAfterCommit },
        { "an item's end is none", [Start, Text("Hello"), Done(0, Message("Hello"))], FailureKind.CutAfterCommit },
        { "[DONE] inside an item", [Start, Text("Hello"), "[DONE]"], FailureKind.CutAfterCommit },
        { "nothing", [], FailureKind.CutBeforeCommit },
        { "[DONE] alone", ["[DONE]"], FailureKind.CutBeforeCommit },
        { "a start alone", [Start, Added(0, EmptyMessage)], FailureKind.CutBeforeCommit },
        { "an end with nothing in it", [Start, End()], FailureKind.CutBeforeCommit },
        { "broken JSON", [Start, "{\"type\":\"response.out"], FailureKind.CutBeforeCommit },
        { "broken JSON behind content", [Start, Text("Hello"), "{\"type\":\"response.out"], FailureKind.CutAfterCommit },
        { "a call that never gets a name", [Start, Arguments(0, "c1", "{}"), End()], FailureKind.CutBeforeCommit },
        { "an end that says it goes on", [Start, Text("Hello"), $$"""{"type":"response.done","response":{{Response("", "in_progress")}}}"""], FailureKind.CutAfterCommit },
    };

    [Theory, MemberData(nameof(Cuts))]
    public async Task Stream_WithoutItsEnd_IsNeverAnAnswer(string name, string[] payloads, FailureKind expected)
    {
        var streamed = await StreamAsync(payloads);

        Assert.NotEmpty(name);
        Assert.Equal(expected, streamed.Failure!.Kind);
        Assert.Null(streamed.FinishReason);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"Slow down.","param":null,"sequence_number":3}""", FailureKind.RateLimited)]
    [InlineData("""{"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"Too long."}}""", FailureKind.ContextLengthExceeded)]
    [InlineData("""{"error":{"message":"overloaded","code":"server_is_overloaded"}}""", FailureKind.Overloaded)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"x"}}}""", FailureKind.ServerError)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":null}}""", FailureKind.ServerError)]
    [InlineData("""{"type":"response.failed"}""", FailureKind.ServerError)]
    [InlineData("""{"type":"response.completed","response":{"status":"failed","error":{"code":"insufficient_quota","message":"x"}}}""", FailureKind.QuotaExhausted)]
    public async Task Stream_ErrorBeforeContent_IsTheFailureByTheVendorsWords(string error, FailureKind expected)
    {
        Assert.Equal(expected, (await StreamAsync(Start, error)).Failure!.Kind);
        Assert.Equal(FailureKind.CutAfterCommit, (await StreamAsync(Start, Text("Hello"), error)).Failure!.Kind);
    }

    [Fact]
    public async Task Stream_Failed_TellsWhatIsBilled() => Assert.Equal(
        Billed, (await StreamAsync(Start, $$$"""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error"},"usage":{{{Usage}}}}}""")).Usage);

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    public async Task Stream_Incomplete_SaysWhy(string reason, string expected)
    {
        var streamed = await StreamAsync(Start, Text("Hel"), End("", "incomplete", $$""","incomplete_details":{"reason":"{{reason}}"}"""));

        Assert.Null(streamed.Failure);
        Assert.Equal(("Hel", expected, Served), (streamed.Content, streamed.FinishReason, streamed.Usage));
    }

    [Fact]
    public async Task Stream_IncompleteBeforeAnyText_IsAnAnswerThatGotTooLong()
    {
        var streamed = await StreamAsync(Start, End("", "incomplete", ",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"));

        Assert.Null(streamed.Failure);
        Assert.Equal("length", streamed.FinishReason);
    }

    [Fact]
    public async Task Stream_CallsThatAreWrittenTogether_ComeOneAfterTheOther()
    {
        var streamed = await StreamAsync(
            Start, Text("Look."), Added(1, Call("c1", "left", "")), Added(2, Call("c2", "right", "")), Arguments(1, "c1", "{\"n\""), Arguments(2, "c2", "{\"n\":"), Arguments(1, "c1", ":1}"), Arguments(2, "c2", "2}"),
            Done(2, Call("c2", "right", "{\"n\":2}")), Done(1, Call("c1", "left", "{\"n\":1}")), End($"{Message("Look.")},{Call("c1", "left", "{\"n\":1}")},{Call("c2", "right", "{\"n\":2}")}"));

        Assert.Null(streamed.Failure);
        Assert.Equal([("left", "{\"n\":1}"), ("right", "{\"n\":2}")], streamed.ToolCalls);
        Assert.Equal(("Look.", "tool_calls"), (streamed.Content, streamed.FinishReason));
        var order = streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).Select(static call => (int)call!["index"]!).ToList();
        Assert.Equal(order.Order(), order);
    }

    public static TheoryData<string, string[], string> OneCall => new()
    {
        { "pieces", [Added(0, Call("c1", "f", "")), Arguments(0, "c1", "{\"a\""), Arguments(0, "c1", ":1}"), Done(0, Call("c1", "f", "{\"a\":1}"))], "{\"a\":1}" },
        { "none", [Added(0, Call("c1", "f", "")), Done(0, Call("c1", "f", ""))], "{}" },
        { "whole at its end", [Added(0, Call("c1", "f", "")), """{"type":"response.function_call_arguments.done","output_index":0,"item_id":"fc_c1","arguments":"{\"a\":1}"}"""], "{\"a\":1}" },
        { "whole at its beginning", [Added(0, Call("c1", "f", "{\"a\":1}"))], "{\"a\":1}" },
        { "whole at its beginning and again in pieces", [Added(0, Call("c1", "f", "{\"a\":1}")), Arguments(0, "c1", "{\"a\":"), Arguments(0, "c1", "1}")], "{\"a\":1}" },
        { "before its name", [Arguments(0, "c1", "{\"a\":1}"), Done(0, Call("c1", "f", "{\"a\":1}"))], "{\"a\":1}" },
        { "the end alone", [Done(0, Call("c1", "f", "{\"a\":1}"))], "{\"a\":1}" },
        { "an object", [Done(0, """{"type":"function_call","call_id":"c1","name":"f","arguments":{"a":1}}""")], "{\"a\":1}" },
    };

    [Theory, MemberData(nameof(OneCall))]
    public async Task Stream_Call_HasItsNameAndArguments(string name, string[] events, string expected)
    {
        var streamed = await StreamAsync([Start, .. events, End()]);

        Assert.NotEmpty(name);
        Assert.Null(streamed.Failure);
        Assert.Equal([("f", expected)], streamed.ToolCalls);
        Assert.Equal("c1", (string?)streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).First()!["id"]);
        Assert.Equal("tool_calls", streamed.FinishReason);
    }

    [Fact]
    public async Task Stream_CustomCall_IsACustomCall()
    {
        var streamed = await StreamAsync(
            Start, Added(0, Call("c1", "run", "", "custom_tool_call", "input")), """{"type":"response.custom_tool_call_input.delta","output_index":0,"item_id":"fc_c1","delta":"ls"}""",
            Done(0, Call("c1", "run", "ls", "custom_tool_call", "input")), End());

        var calls = streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal("custom", (string?)calls[0]!["type"]);
        Assert.Equal("ls", string.Concat(calls.Select(static call => (string?)call!["custom"]!["input"])));
    }

    [Fact]
    public async Task Stream_Reasoning_IsShownAndSealed()
    {
        var item = """{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"One."},{"type":"summary_text","text":"Two."}],"encrypted_content":"sealed"}""";
        var streamed = await StreamAsync(
            Start, Added(0, """{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"not yet"}"""),
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"One"}""",
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"."}""",
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":1,"delta":"Two."}""",
            Done(0, item), Text("Yes.", 1), End($"{item},{Message("Yes.")}"));

        Assert.Equal(("One.\n\nTwo.", "Yes."), (streamed.Reasoning, streamed.Content));
        var details = streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["reasoning_details"]?.AsArray() ?? []).Select(static detail => detail!.ToJsonString());
        Assert.Equal(
            [
                """{"type":"reasoning.summary","summary":"One","format":"openai-responses-v1","index":0}""", """{"type":"reasoning.summary","summary":".","index":0}""",
                """{"type":"reasoning.summary","summary":"Two.","format":"openai-responses-v1","index":1}""", """{"type":"reasoning.encrypted","data":"sealed","id":"rs_1","format":"openai-responses-v1","index":2}""",
            ],
            details);
    }

    [Fact]
    public async Task Stream_SeveralMessages_AreOneText()
    {
        var streamed = await StreamAsync(
            Start, Added(0, EmptyMessage.Replace("\"content\"", "\"phase\":\"commentary\",\"content\"", StringComparison.Ordinal)), Text("First"), Text(" this.", 0), Text("Then that.", 1, "msg_2"), End());

        Assert.Equal("First this.\n\nThen that.", streamed.Content);
        Assert.Contains(streamed.Chunks, static chunk => (string?)chunk["choices"]![0]!["delta"]!["provider_specific_fields"]?["phase"] == "commentary");
    }

    [Fact]
    public async Task Stream_Refusal_IsContent()
    {
        var streamed = await StreamAsync(Start, """{"type":"response.refusal.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"No."}""", End());

        Assert.True(streamed.HasContent);
        Assert.Equal("No.", string.Concat(streamed.Chunks.Select(static chunk => (string?)chunk["choices"]![0]!["delta"]!["refusal"])));
    }

    [Fact]
    public async Task Stream_Sources_AreToldOnce()
    {
        var source = """{"type":"url_citation","start_index":0,"end_index":5,"url":"https://x.test","title":"X"}""";
        var message = Message("Hello").Replace("\"annotations\":[]", $"\"annotations\":[{source}]", StringComparison.Ordinal);
        var streamed = await StreamAsync(
            Start, Text("Hello"), $$"""{"type":"response.output_text.annotation.added","item_id":"msg_1","output_index":0,"content_index":0,"annotation_index":0,"annotation":{{source}}}""", Done(0, message), End(message));

        var told = Assert.Single(streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["annotations"]?.AsArray() ?? []));
        Assert.Equal("""{"index":0,"type":"url_citation","url_citation":{"start_index":0,"end_index":5,"url":"https://x.test","title":"X"}}""", told!.ToJsonString());
    }

    [Fact]
    public async Task Stream_ItemOfTheVendorsOwnTool_PassesOnce()
    {
        const string Search = """{"type":"web_search_call","id":"ws_1","status":"completed"}""";
        var streamed = await StreamAsync(Start, Added(0, Search), """{"type":"response.web_search_call.searching","output_index":0,"item_id":"ws_1"}""", Done(0, Search), Text("x", 1), End($"{Search},{Message("x")}"));

        Assert.Equal(Search, Assert.Single(streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["delta"]!["provider_specific_fields"]?["output_items"]?.AsArray() ?? []))!.ToJsonString());
    }

    [Fact]
    public async Task Stream_CharacterInTwoHalves_IsWhole() =>
        Assert.Equal("\U0001F600", (await StreamAsync(Start, Text("\\ud83d"), Text("\\ude00"), End())).Content);

    [Fact]
    public async Task Stream_Logprobs_AreTheChunks()
    {
        const string Entry = """{"token":"Hi","bytes":[72],"logprob":-0.1,"top_logprobs":[]}""";
        var streamed = await StreamAsync(Start, $$"""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi","logprobs":[{{Entry}}]}""", End());

        Assert.Equal(Entry, Assert.Single(streamed.Chunks.SelectMany(static chunk => chunk["choices"]![0]!["logprobs"]?["content"]?.AsArray() ?? []))!.ToJsonString());
    }

    [Fact]
    public async Task Stream_PassedOn_IsTheVendorsEventsByTheirNames()
    {
        var passed = await PassOnAsync(Start, """{"type":"response.something.new"}""", Text("Hello"), End(Message("Hello")), "[DONE]");

        Assert.Equal(
            $"event: response.created\ndata: {Start}\n\nevent: response.something.new\ndata: {{\"type\":\"response.something.new\"}}\n\n"
            + $"event: response.output_text.delta\ndata: {Text("Hello")}\n\nevent: response.completed\ndata: {End(Message("Hello"))}\n\n",
            passed.Text);
        Assert.Equal((Served, "stop", null), (passed.Usage, passed.FinishReason, passed.Failure));
    }

    [Fact]
    public async Task Stream_PassedOnWithABareWordBetween_GoesOn()
    {
        var passed = await PassOnAsync(Start, Added(0, EmptyMessage), Text("Hel"), "ping", Text("lo"), End(Message("Hello")));

        Assert.Equal((Served, "stop", null), (passed.Usage, passed.FinishReason, passed.Failure));
        Assert.DoesNotContain("ping", passed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_MessagesThatAGatewayNumbersAlike_AreToldApartByTheirIds()
    {
        var streamed = await StreamAsync(
            Start, Added(0, EmptyMessage), Text("First"), Text(" this."), Added(0, EmptyMessage.Replace("msg_1", "msg_2", StringComparison.Ordinal)), Text("Then", 0, "msg_2"), Text(" that.", 0, "msg_2"), End());

        Assert.Equal("First this.\n\nThen that.", streamed.Content);
    }

    [Fact]
    public async Task Stream_PiecesWithEscapesBetweenOthers_AreOneText()
    {
        var streamed = await StreamAsync(Start, Added(0, EmptyMessage), Text("One"), Text(" \\\"two\\\"\\n"), Text(" three é 🙂"), Text("<four> & 'five'"), End());

        Assert.Equal("One \"two\"\n three é 🙂<four> & 'five'", streamed.Content);
    }

    [Fact]
    public async Task Stream_PassedOnAndCut_IsAFailureAllTheSame()
    {
        var passed = await PassOnAsync(Start, Text("Hello"), """{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"x"}}}""");

        Assert.Equal(FailureKind.CutAfterCommit, passed.Failure!.Kind);
        Assert.DoesNotContain("response.failed", passed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Ends_WithUsageApart()
    {
        var streamed = await StreamAsync(Start, Text("x"), End());

        Assert.Empty(streamed.UsageChunk!["choices"]!.AsArray());
        Assert.Equal(4, (int?)streamed.UsageChunk["usage"]!["prompt_tokens_details"]!["cached_tokens"]);
    }
}
