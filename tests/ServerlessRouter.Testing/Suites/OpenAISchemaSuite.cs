using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What holds besides for a vendor whose own schema is OpenAI's: bytes pass both ways.</summary>
public abstract class OpenAISchemaSuite : HttpChatProviderSuite
{
    [Fact]
    public async Task Send_UnknownFields_SurviveByteForByte()
    {
        const string Odd = "\"x_vendor\" : { \"n\":1.50e+2,\"s\":\"\\u00e9\\/\" , \"e\":[ ] }";
        var body = Encoding.UTF8.GetBytes($$"""{"model":"auto",{{Odd}},"messages":[{"role":"user","content":"hi","x":null}]}""");

        await ReadToEndAsync(await SendAsync(body));

        Assert.Contains(Odd, Upstream.Books.Requests[0].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_VendorsBytes_ComeBackAsTheyWere()
    {
        const string Odd = """{"id":"a", "choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop","x_odd":1.50}]}""";
        Upstream.Next(Reply.Body(Odd, "application/json"));

        using var answer = await AnswerAsync(ChatBodies.Plain());

        Assert.Equal(Odd, Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Null(answer.Usage);
    }

    [Theory]
    [InlineData(UsagePlacement.OwnChunk)]
    [InlineData(UsagePlacement.FinishChunk)]
    [InlineData(UsagePlacement.LastContentChunk)]
    [InlineData(UsagePlacement.FirstChunk)]
    public async Task Send_UsageAnywhereInTheStream_IsRead(UsagePlacement placement)
    {
        Upstream.Next(Reply.Text("Hello there").Usage(100, 20, cached: 30, reasoning: 7).UsageAt(placement));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(new TokenUsage(100, 20) { CachedTokens = 30, ReasoningTokens = 7 }, streamed.Usage);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}""")]
    [InlineData("""{"usage":{"prompt_tokens":3,"completion_tokens":2},"error":{"message":"overloaded","type":"server_error"}}""")]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"error","message":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}],"usage":{"prompt_tokens":3,"completion_tokens":2},"service""")]
    public async Task Send_UnusableAnswerThatTellsItsUsage_IsAFailureThatIsBilled(string body)
    {
        Upstream.Next(Reply.Body(body, "application/json"), Reply.Body(body, "application/json"));

        Assert.Equal(new TokenUsage(3, 2), (await SendAsync(ChatBodies.Plain())).Failure!.Usage);
        // Also where a stream was asked for.
        Assert.Equal(new TokenUsage(3, 2), (await SendAsync(ChatBodies.Streamed())).Failure!.Usage);
    }

    [Fact]
    public async Task Send_ConnectionBreaksBehindTheUsage_IsAFailureThatIsBilled()
    {
        var body = """{"usage":{"prompt_tokens":3,"completion_tokens":2},"choices":[{"index":0,"message":{"role":"assistant","content": "x""" + new string('x', 5000);
        Upstream.Next(Reply.Body(body, "application/json").CutInsideChunk(1));

        var failure = (await SendAsync(ChatBodies.Plain())).Failure!;

        Assert.Equal((FailureKind.CutBeforeCommit, new TokenUsage(3, 2)), (failure.Kind, failure.Usage));
    }

    [Theory]
    [InlineData("""{"error":{"message":"failed","type":"server_error"},"usage":{"prompt_tokens":3,"completion_tokens":2}}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"error"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""")]
    [InlineData("""{"usage":{"prompt_tokens":3,"completion_tokens":2},"choices":[{"index":0,"delta":{"con""")]
    public async Task Send_StreamEndsInAnErrorThatTellsItsUsage_IsRead(string last)
    {
        Upstream.Next(Reply.Events("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""", last));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.NotNull(streamed.Failure);
        Assert.Equal(new TokenUsage(3, 2), streamed.Usage);
    }

    [Fact]
    public async Task Send_NoUsageAnywhere_IsNull()
    {
        Upstream.Next(Reply.Text("Hello").UsageAt(UsagePlacement.Absent));

        Assert.Null((await StreamAsync(ChatBodies.Streamed())).Usage);
    }

    [Fact]
    public async Task Read_ChunkWithoutChoices_IsPassedOnAndIsNoContent()
    {
        var gate = new Gate();
        Upstream.Next(Reply.Text("Hello").PromptFilterFirst().HoldAt(ReplyPoint.BeforeFirstToken, gate));
        await using var stream = (await SendAsync(ChatBodies.Streamed())).Stream!;

        Assert.True(await stream.ReadAsync(default));
        await gate.WaitForArrivalAsync();
        Assert.False(stream.HasContent);
        gate.Open();

        Assert.Null((await StreamedAnswer.ReadAsync(stream)).Failure);
        Assert.True(stream.HasContent);
    }

    [Fact]
    public async Task Send_Refusal_IsContent()
    {
        Upstream.Next(Reply.Refuse("I will not."));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.True(streamed.HasContent);
        Assert.Contains(streamed.Chunks, chunk => chunk["choices"]!.AsArray().Any(choice => (string?)choice!["delta"]!["refusal"] == "I will not."));
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Send_Reasoning_IsContent(string field)
    {
        Upstream.Next(Reply.Events($$$"""{"choices":[{"index":0,"delta":{"{{{field}}}":"hm"}}]}""", """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", "[DONE]"));

        Assert.True((await StreamAsync(ChatBodies.Streamed())).HasContent);
    }

    [Fact]
    public async Task Send_FinishWithoutDoneOrDoneWithoutFinish_IsWhole()
    {
        Upstream.Next(Reply.Text("Hello").WithoutDone(), Reply.Text("Hello").WithoutFinish());

        Assert.Null((await StreamAsync(ChatBodies.Streamed())).Failure);
        Assert.Null((await StreamAsync(ChatBodies.Streamed())).Failure);
    }

    [Fact]
    public async Task Send_StreamOfNothingButDone_IsCut()
    {
        Upstream.Next(Reply.Events("[DONE]"));

        Assert.Equal(FailureKind.CutBeforeCommit, (await StreamAsync(ChatBodies.Streamed())).Failure!.Kind);
    }

    [Fact]
    public async Task Send_QuotaExhausted_IsNotABurst()
    {
        Upstream.Next(Reply.QuotaExhausted());

        Assert.Equal(FailureKind.QuotaExhausted, (await SendAsync(ChatBodies.Plain())).Failure!.Kind);
    }

    [Fact]
    public async Task Send_ContentFiltered_KeepsAzuresDetails()
    {
        Upstream.Next(Reply.ContentFiltered());

        var failure = (await SendAsync(ChatBodies.Plain())).Failure!;

        Assert.Equal(FailureKind.ContentFiltered, failure.Kind);
        var error = JsonNode.Parse(failure.Refusal!.Body.Span)!["error"]!;
        Assert.Equal("content_filter", (string?)error["code"]);
        Assert.Equal("ResponsibleAIPolicyViolation", (string?)error["innererror"]!["code"]);
    }

    [Fact]
    public async Task Send_LongEvent_IsReadWhole()
    {
        var text = new string('x', 300_000);
        Upstream.Next(Reply.Stream(text));

        Assert.Equal(text, (await StreamAsync(ChatBodies.Streamed())).Content);
    }
}
