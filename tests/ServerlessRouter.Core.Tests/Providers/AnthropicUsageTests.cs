using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using Xunit;
using static ServerlessRouter.Core.Tests.Providers.AnthropicAnswers;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>What <c>docs/anthropic.md</c> says of usage, row by row: what is counted and billed, whole and streamed.</summary>
public sealed class AnthropicUsageTests
{
    /// <summary>What <c>message_start</c> says of usage (also a whole message), what <c>message_delta</c> says, and what it adds up to.</summary>
    public static TheoryData<string, string?, int, int, int, int, int> Usages => new()
    {
        { """{"input_tokens":10,"output_tokens":5}""", null, 10, 5, 0, 0, 0 },
        { """{"input_tokens":10,"output_tokens":1}""", """{"output_tokens":5}""", 10, 5, 0, 0, 0 },
        {
            """{"input_tokens":900,"cache_read_input_tokens":4000,"cache_creation_input_tokens":100,"output_tokens":1}""",
            """{"input_tokens":0,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":20}""", 5000, 20, 4000, 100, 0
        },
        {
            """{"input_tokens":900,"cache_read_input_tokens":4000,"output_tokens":1}""",
            """{"input_tokens":null,"cache_read_input_tokens":null,"cache_creation_input_tokens":null,"output_tokens":20}""", 4900, 20, 4000, 0, 0
        },
        { """{"input_tokens":0,"output_tokens":0}""", """{"input_tokens":14,"cache_read_input_tokens":6,"output_tokens":3}""", 20, 3, 6, 0, 0 },
        { "null", """{"input_tokens":14,"output_tokens":3}""", 14, 3, 0, 0, 0 },
        { """{"input_tokens":900,"output_tokens":0}""", """{"input_tokens":100,"cache_read_input_tokens":800,"output_tokens":3}""", 900, 3, 800, 0, 0 },
        { """{"input_tokens":"900","output_tokens":"1"}""", """{"output_tokens":" 20 "}""", 900, 20, 0, 0, 0 },
        { """{"input_tokens":9.0,"output_tokens":2e1}""", null, 9, 20, 0, 0, 0 },
        { """{"input_tokens":9,"output_tokens":"many"}""", """{"output_tokens":2}""", 9, 2, 0, 0, 0 },
        { """{"input_tokens":3,"cache_read_input_tokens":-1,"output_tokens":4}""", null, 3, 4, 0, 0, 0 },
        { """{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30},"output_tokens":4}""", null, 51, 4, 0, 50, 0 },
        { """{"input_tokens":1,"output_tokens":40,"output_tokens_details":{"thinking_tokens":30}}""", null, 1, 40, 0, 0, 30 },
        { """{"input_tokens":1,"output_tokens":1}""", """{"output_tokens":40,"output_tokens_details":{"thinking_tokens":50}}""", 1, 40, 0, 0, 40 },
        { """{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}""", null, 7, 3, 0, 0, 0 },
    };

    [Theory, MemberData(nameof(Usages))]
    public async Task Stream_Usage_AddsUp(string started, string? ended, int prompt, int completion, int cached, int written, int reasoning)
    {
        var start = $$$"""{"type":"message_start","message":{"id":"m","model":"c","usage":{{{started}}}}}""";
        var end = $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{ended ?? started}}}}""";

        var streamed = await StreamAsync(start, Text(0, "Hi"), end, Stop);

        AssertUsage(streamed.Usage, prompt, completion, cached, written, reasoning);
        var told = streamed.UsageChunk!["usage"]!;
        Assert.Equal((prompt, completion, prompt + completion), ((int)told["prompt_tokens"]!, (int)told["completion_tokens"]!, (int)told["total_tokens"]!));
    }

    [Theory, MemberData(nameof(Usages))]
    public void Read_Usage_IsCounted(string started, string? ended, int prompt, int completion, int cached, int written, int reasoning)
    {
        if (ended is not null)
            return;

        using var answer = Read($$"""{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{{started}}}""").Answer!;

        AssertUsage(answer.Usage, prompt, completion, cached, written, reasoning);
    }

    [Fact]
    public async Task Read_CachesKeptAnHour_AreToldApart()
    {
        const string Usage = """{"input_tokens":1,"cache_creation_input_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30},"output_tokens":4}""";

        using var answer = Read($$"""{"content":"Hi","usage":{{Usage}}}""").Answer!;
        var streamed = await StreamAsync($$$"""{"type":"message_start","message":{"usage":{{{Usage}}}}}""", Text(0, "Hi"), MessageDelta("end_turn"));

        Assert.Equal(new TokenUsage(51, 4) { CacheWriteTokens = 50, HourCacheWriteTokens = 30 }, answer.Usage);
        Assert.Equal(new TokenUsage(51, 5) { CacheWriteTokens = 50, HourCacheWriteTokens = 30 }, streamed.Usage);
    }

    [Fact]
    public async Task Read_CostInUsage_IsWhatTheVendorBilled()
    {
        const string Usage = """{"input_tokens":7,"output_tokens":3,"cost":0.5}""";

        using var answer = Read($$"""{"content":"Hi","usage":{{Usage}}}""").Answer!;
        var streamed = await StreamAsync(Start, Text(0, "Hi"), $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{Usage}}}}""");

        Assert.Equal((0.5m, 0.5m), (answer.Usage?.ReportedCostUsd, streamed.Usage?.ReportedCostUsd));
    }

    [Fact]
    public async Task Read_CountsBeyondAnySense_AreBounded()
    {
        const string Usage = """{"input_tokens":1e300,"cache_read_input_tokens":1e300,"cache_creation_input_tokens":99999999999999999999,"output_tokens":1e300}""";

        using var answer = Read($$"""{"content":"Hi","usage":{{Usage}}}""").Answer!;
        var streamed = await StreamAsync($$$"""{"type":"message_start","message":{"usage":{{{Usage}}}}}""", Text(0, "Hi"), MessageDelta("end_turn"));

        Assert.All(new[] { answer.Usage!.Value, streamed.Usage!.Value }, usage => Assert.True(usage is { PromptTokens: > 0, CompletionTokens: > 0, TotalTokens: > 0 }));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"input_tokens":0,"output_tokens":0}""")]
    public async Task Read_UsageThatSaysNothing_IsNone(string usage)
    {
        var body = $$"""{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{{usage}}}""";
        using var answer = Read(body).Answer!;
        var streamed = await StreamAsync($$$"""{"type":"message_start","message":{"usage":{{{usage}}}}}""", Text(0, "Hi"), """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""", Stop);

        Assert.Equal((null, null), (answer.Usage, streamed.Usage));
        Assert.Null(streamed.UsageChunk);
    }

    [Fact]
    public async Task Stream_OutputNeverCounted_IsEstimatedAndTold()
    {
        var streamed = await StreamAsync(Start, Text(0, new string('x', 400)), """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""");

        Assert.Equal(new TokenUsage(10, 100) { IsEstimated = true }, streamed.Usage);
        Assert.Equal(100, (int)streamed.UsageChunk!["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Read_WhatUsageTellsBesides_GoesOn()
    {
        const string Usage = """{"input_tokens":1,"output_tokens":2,"service_tier":"standard","server_tool_use":{"web_search_requests":1},"cache_creation":{"ephemeral_1h_input_tokens":3},"inference_geo":"eu","speed":null}""";
        const string Besides = """{"server_tool_use":{"web_search_requests":1},"cache_creation":{"ephemeral_1h_input_tokens":3},"inference_geo":"eu"}""";

        var whole = Completion($$"""{"type":"message","content":"Hi","stop_reason":"end_turn","usage":{{Usage}}}""");
        var streamed = await StreamAsync($$$"""{"type":"message_start","message":{"usage":{{{Usage}}}}}""", Text(0, "Hi"), """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2,"server_tool_use":null}}""");

        foreach (var usage in new[] { whole["usage"]!, streamed.UsageChunk!["usage"]! })
            AssertSame(Besides, new JsonObject(usage.AsObject().Where(member => !member.Key.Contains("tokens", StringComparison.Ordinal)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))));
        Assert.Equal("default", (string?)whole["service_tier"]);
        Assert.All(streamed.Chunks, chunk => Assert.Equal("default", (string?)chunk["service_tier"]));
    }

    [Fact]
    public void Read_ThinkingWithoutUsage_CountsOnceAndItsSignatureNotAtAll()
    {
        var message = """{"type":"message","content":[{"type":"thinking","thinking":"0123456789","signature":"c2lnbmF0dXJl"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"text","text":"abc"}],"stop_reason":"end_turn"}""";

        using var answer = Read(message).Answer!;

        Assert.Null(answer.Usage);
        Assert.Equal("0123456789".Length + "abc".Length, answer.ContentBytes);
    }

    private static void AssertUsage(TokenUsage? usage, int prompt, int completion, int cached, int written, int reasoning) => Assert.Equal(
        (prompt, completion, cached, written, reasoning, false),
        (usage!.Value.PromptTokens, usage.Value.CompletionTokens, usage.Value.CachedTokens, usage.Value.CacheWriteTokens, usage.Value.ReasoningTokens, usage.Value.IsEstimated));
}
