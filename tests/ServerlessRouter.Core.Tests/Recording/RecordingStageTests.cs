using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording;

public sealed class RecordingStageTests : IDisposable
{
    private const string Answer = """{"id":"a","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15},"x_vendor":{"kept":1}}""";

    private readonly ManualTimeProvider _time = new();
    private readonly RouterMetrics _metrics = new();
    private readonly LogCollector _logs = new();
    private readonly ILoggerFactory _loggers;

    public RecordingStageTests() => _loggers = LoggerFactory.Create(builder => builder.AddProvider(_logs).SetMinimumLevel(LogLevel.Trace));

    [Fact]
    public async Task InvokeAsync_CompletedAfterAFailedAttempt_AddsTheCostOfBothAndKeepsTheRest()
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.001m, new AttemptFailure(FailureKind.CutBeforeCommit, "cut"));
        Attempt(context, 0.002m, usage: new TokenUsage(8, 2));

        using var answer = Assert.IsType<ChatOutcome.Completed>(await RunAsync(context, Completed(Answer))).Answer;

        AssertJson(
            """
            {"id":"a","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
             "cost":0.003,"cost_details":{"upstream_inference_cost":0.002,"upstream_inference_prompt_cost":0.0016,"upstream_inference_completions_cost":0.0004,"other_attempts_cost":0.001,"is_estimated":false}},"x_vendor":{"kept":1}}
            """,
            answer.Body.Span);
        Assert.Equal(0.003m, context.CostUsd);
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[],"usage":null}""")]
    public async Task InvokeAsync_VendorSentNoUsage_TellsTheEstimate(string body)
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.002m, usage: new TokenUsage(7, 3) { IsEstimated = true });

        using var answer = Assert.IsType<ChatOutcome.Completed>(await RunAsync(context, Completed(body))).Answer;

        AssertJson(
            """
            {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":0},
             "completion_tokens_details":{"reasoning_tokens":0},"cost":0.002,"cost_details":{"upstream_inference_cost":0.002,"upstream_inference_prompt_cost":0.0014,"upstream_inference_completions_cost":0.0006,"other_attempts_cost":0,"is_estimated":true}}}
            """,
            answer.Body.Span);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":1,"x":{"y":[2]}}""", """{"prompt_tokens":1,"x":{"y":[2]},""")]
    [InlineData("""{ "prompt_tokens" : 1 , "x" : { "y" : 2 } }""", """{"prompt_tokens":1,"x":{ "y" : 2 },""")]
    [InlineData("""{"cost_details":{"a":1},"prompt_tokens":1,"cost":0.4}""", """{"prompt_tokens":1,""")]
    [InlineData("""{"prompt_tokens":1,"x":{"cost":1}}""", """{"prompt_tokens":1,"x":{"cost":1},""")]
    [InlineData("""{"a<b":"c d","naïve":1e+5,"prompt_tokens":1}""", """{"a\u003Cb":"c d","na\u00EFve":1e+5,"prompt_tokens":1,""")]
    [InlineData("[7,8,9]", "{")]
    public async Task InvokeAsync_VendorsUsageOfAnyShape_KeepsItsMembersAsWritten(string usage, string expected)
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.5m);
        var body = "{\"choices\":[],\"usage\":" + usage + "}";

        using var answer = Assert.IsType<ChatOutcome.Completed>(await RunAsync(context, Completed(body))).Answer;

        Assert.Equal(
            "{\"choices\":[],\"usage\":" + expected + "\"cost\":0.5,\"cost_details\":{\"upstream_inference_cost\":0.5,\"upstream_inference_prompt_cost\":0.5,\"upstream_inference_completions_cost\":0.0,\"other_attempts_cost\":0,\"is_estimated\":false}}}",
            Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Fact]
    public async Task InvokeAsync_VendorReportsItsOwnCost_IsReplacedNotDoubled()
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.5m);

        using var answer = Assert.IsType<ChatOutcome.Completed>(
            await RunAsync(context, Completed("""{"choices":[],"usage":{"cost":0.4,"prompt_tokens":1,"cost_details":{}}}"""))).Answer;

        Assert.Equal(1, Encoding.UTF8.GetString(answer.Body.Span).Split("\"cost\":").Length - 1);
        Assert.Equal(0.5m, JsonDocument.Parse(answer.Body).RootElement.GetProperty("usage").GetProperty("cost").GetDecimal());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_VendorsFiguresWereNotBelieved_TellsTheRoutersOwn(bool stream)
    {
        var context = Context(stream ? ChatBodies.With(ChatBodies.Streamed(model: "mini"), "stream_options", """{"include_usage":true}""") : ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.002m, usage: new TokenUsage(7, 3) { IsEstimated = true });
        const string Told = """{"id":"c","choices":[],"usage":{"prompt_tokens":2147483647,"completion_tokens":3}}""";

        var text = stream
            ? (await DrainAsync(await RunAsync(context, new ChatOutcome.Streaming(new ListedStream("data: 1\n\n") { SentUsageChunk = Told })))).Split("data: ")[^1]
            : Encoding.UTF8.GetString(Assert.IsType<ChatOutcome.Completed>(await RunAsync(context, Completed(Told))).Answer.Body.Span);

        using var answer = JsonDocument.Parse(text);
        Assert.Equal(7, answer.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("c", answer.RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task InvokeAsync_VendorsFiguresWereNotBelieved_IsWarnedOfOncePerMinuteAndDeployment()
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0m);
        context.Answered!.Deployment = context.Answered.Model.Deployments[0];
        context.Answered.Doubt = "9 prompt tokens, where the call could have come to 8 at most";
        var stage = new RecordingStage(_time, _metrics, new OnlineStatistics(new RouterModelSource(context.Router), _time), _loggers.CreateLogger<RecordingStage>());

        foreach (var seconds in new[] { 0, 59, 1 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            (await stage.InvokeAsync(context, (_, _) => new(Completed(Answer)), default) as ChatOutcome.Completed)!.Answer.Dispose();
        }

        var warnings = _logs.Entries.Where(static entry => entry.Level == LogLevel.Warning).ToArray();
        Assert.Equal(2, warnings.Length);
        Assert.Contains("9 prompt tokens, where the call could have come to 8 at most", warnings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_MetadataAskedFor_ExplainsInTheBody()
    {
        var context = Context(ChatBodies.Plain(model: "mini"), ("x-router-metadata", "enabled"));
        Attempt(context, 0m);

        using var answer = Assert.IsType<ChatOutcome.Completed>(await RunAsync(context, Completed(Answer))).Answer;

        using var document = JsonDocument.Parse(answer.Body);
        Assert.Equal("r1", document.RootElement.GetProperty("router_metadata").GetProperty("request_id").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("x_vendor").GetProperty("kept").GetInt32());
    }

    [Fact]
    public async Task ReadAsync_CallerAskedForUsage_EndsWithTheVendorsUsageAndTheCost()
    {
        var context = Context(ChatBodies.With(ChatBodies.Streamed(model: "mini"), "stream_options", """{"include_usage":true}"""));
        Attempt(context, 0.25m);
        var inner = new ListedStream("data: {\"n\":1}\n\n") { SentUsageChunk = """{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":4}}""" };

        var text = await DrainAsync(await RunAsync(context, new ChatOutcome.Streaming(inner)));

        Assert.StartsWith("data: {\"n\":1}\n\ndata: ", text, StringComparison.Ordinal);
        AssertJson(
            """
            {"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":4,"cost":0.25,
             "cost_details":{"upstream_inference_cost":0.25,"upstream_inference_prompt_cost":0.25,"upstream_inference_completions_cost":0.00,"other_attempts_cost":0,"is_estimated":false}}}
            """,
            Encoding.UTF8.GetBytes(text.Split("data: ")[^1]));
    }

    [Fact]
    public async Task ReadAsync_CallerDidNotAskForUsage_AddsNothing()
    {
        var context = Context(ChatBodies.With(ChatBodies.Streamed(model: "mini"), "stream_options", """{"include_usage":false}"""));
        Attempt(context, 0.25m);

        var text = await DrainAsync(await RunAsync(context, new ChatOutcome.Streaming(new ListedStream("data: {\"n\":1}\n\n"))));

        Assert.Equal("data: {\"n\":1}\n\n", text);
        Assert.Equal(0.25m, context.CostUsd);
    }

    [Fact]
    public async Task ReadAsync_StreamIsCut_SaysSoInBandAndIsRecordedAsFailed()
    {
        var context = Context(ChatBodies.Streamed(model: "mini"));
        Attempt(context, 0.25m);
        var inner = new ListedStream("data: {\"n\":1}\n\n") { BreaksWith = new AttemptFailure(FailureKind.CutAfterCommit, "the connection closed early") };

        var text = await DrainAsync(await RunAsync(context, new ChatOutcome.Streaming(inner)));

        using var last = JsonDocument.Parse(text.Split("data: ")[^1]);
        Assert.Equal("error", last.RootElement.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("upstream_error", last.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(RouterErrorCode.UpstreamError, context.Error?.Code);
    }

    [Fact]
    public async Task DisposeAsync_CallerLeftMidway_SettlesOnceAsClientClosed()
    {
        var context = Context(ChatBodies.Streamed(model: "mini"));
        Attempt(context, 0.25m);
        var inner = new ListedStream("data: 1\n\n", "data: 2\n\n");
        var stream = Assert.IsType<ChatOutcome.Streaming>(await RunAsync(context, new ChatOutcome.Streaming(inner))).Stream;
        await stream.ReadAsync(default);

        await stream.DisposeAsync();
        await stream.DisposeAsync();

        Assert.True(inner.IsDisposed);
        Assert.Equal(RouterErrorCode.ClientClosedRequest, context.Error?.Code);
        Assert.Equal(0.25m, context.CostUsd);
        Assert.Single(_logs.Entries);
    }

    [Fact]
    public async Task InvokeAsync_BugBehindAPaidCall_IsThrownOnAndSettledWithWhatItCost()
    {
        var context = Context(ChatBodies.Plain(model: "mini"));
        Attempt(context, 0.25m);

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(context, static (_, _) => throw new InvalidOperationException("a bug")).AsTask());

        Assert.Equal((RouterErrorCode.Internal, 0.25m), (context.Error?.Code, context.CostUsd));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _metrics.Dispose();
        _logs.Dispose();
    }

    private static RequestContext Context(byte[] body, params (string, string)[] headers)
    {
        var router = new RouterBuilder().Model("mini").Build();
        return new RequestContext("r1", router, ScannedRequest.Of(body), new ListedHeaders(headers), 0) { Route = router.Targets["mini"] };
    }

    private static void Attempt(RequestContext context, decimal costUsd, AttemptFailure? failure = null, TokenUsage usage = default)
    {
        var attempt = new AttemptContext(context, context.Route.Candidates[0], DeploymentChoice.Fresh);
        attempt.End(1, failure, usage, costUsd);
        context.Attempts.Add(attempt);
        context.Answered = attempt;
    }

    private static ChatOutcome.Completed Completed(string body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        var length = Encoding.UTF8.GetBytes(body, pooled);
        var usage = JsonMemberReader.Find(pooled.AsSpan(0, length), "usage"u8);
        return new(new ChatAnswer(pooled, length) { UsageRange = usage.Length > "null".Length ? usage : default });
    }

    private ValueTask<ChatOutcome> RunAsync(RequestContext context, ChatOutcome outcome) => RunAsync(context, (_, _) => new(outcome));

    private ValueTask<ChatOutcome> RunAsync(RequestContext context, NextRequestStage next) =>
        new RecordingStage(_time, _metrics, new OnlineStatistics(new RouterModelSource(context.Router), _time), _loggers.CreateLogger<RecordingStage>()).InvokeAsync(context, next, default);

    private static async Task<string> DrainAsync(ChatOutcome outcome)
    {
        await using var stream = Assert.IsType<ChatOutcome.Streaming>(outcome).Stream;
        var text = new StringBuilder();
        while (await stream.ReadAsync(default))
            text.Append(Encoding.UTF8.GetString(stream.Batch.Span));
        return text.ToString();
    }

    private static void AssertJson(string expected, ReadOnlySpan<byte> actual) =>
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(expected)), JsonSerializer.Serialize(JsonDocument.Parse(Encoding.UTF8.GetString(actual))));
}
