using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Http;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class EventStreamTests
{
    private static readonly TimeSpan Interval = EventStreamAnswer.KeepAliveInterval;
    private static readonly SseEvent KeepAlive = new(Comment: "keep-alive");

    private readonly TaskCompletionSource<ChatOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Waiting_ForTheOutcome_KeepsTheCallerInformed()
    {
        await using var server = await StartWaitingAsync();
        var pending = server.PostAsync(ChatBodies.Streamed());
        await server.Time.WaitForTimersAsync();

        server.Time.Advance(Interval);
        using var response = await pending;
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(KeepAlive, await events.ReadAsync());

        await server.Time.WaitForTimerDueInAsync(Interval);
        server.Time.Advance(Interval);
        Assert.Equal(KeepAlive, await events.ReadAsync());

        _outcome.SetResult(Answers.Streaming(new ScriptedStream().Send("content").End()));
        Assert.Equal(["content", "[DONE]"], (await events.ReadAllAsync()).Select(static received => received.Data));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(ChatCompletionsTests.Header(response, "x-request-id"));
    }

    [Fact]
    public async Task Failed_AfterTheFirstComment_EndsInAnErrorChunk()
    {
        await using var server = await StartWaitingAsync();
        using var response = await StartedByACommentAsync(server);
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());
        await events.ReadAsync();

        _outcome.SetResult(Answers.Failed(new RouterError(RouterErrorCode.Timeout, "No answer in time.")));

        var chunk = Assert.Single(await events.ReadAllAsync()).Data!;
        JsonAssert.Equal($$$"""
            {"id":"{{{ChatCompletionsTests.Header(response, "x-request-id")}}}","object":"chat.completion.chunk","created":1767225615,"model":"auto",
            "choices":[{"index":0,"delta":{},"finish_reason":"error"}],
            "error":{"message":"No answer in time.","type":"server_error","param":null,"code":"timeout"}}
            """, chunk);
    }

    [Theory]
    [InlineData("""{"error":{"message":"theirs","code":"odd"}}""", """{"message":"theirs","code":"odd"}""")]
    [InlineData("<html>", """{"message":"ours","type":"invalid_request_error","param":null,"code":"upstream_rejected"}""")]
    public async Task Refused_AfterTheFirstComment_CarriesTheVendorsErrorWhereItWroteOne(string refusal, string expected)
    {
        await using var server = await StartWaitingAsync();
        using var response = await StartedByACommentAsync(server);
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());
        await events.ReadAsync();

        var error = new RouterError(RouterErrorCode.UpstreamRejected, "ours") { Refusal = new UpstreamRefusal(400, Encoding.UTF8.GetBytes(refusal)) };
        _outcome.SetResult(Answers.Failed(error));

        var chunk = System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(await events.ReadAllAsync()).Data!)!;
        JsonAssert.Equal(expected, chunk["error"]!.ToJsonString());
    }

    [Fact]
    public async Task Comment_DuringAStream_ComesAnIntervalAfterTheLastBatch()
    {
        await using var server = await StartWaitingAsync();
        var stream = new ScriptedStream();
        _outcome.SetResult(Answers.Streaming(stream));
        var pending = server.PostAsync(ChatBodies.Streamed());
        await stream.WaitForReadAsync();

        server.Time.Advance(TimeSpan.FromSeconds(10));
        stream.Send("first");
        await stream.WaitForReadAsync();

        // The timer is due 15 s after the start; the batch at 10 s makes it sleep on until 25 s.
        server.Time.Advance(TimeSpan.FromSeconds(5));
        await server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(10));
        server.Time.Advance(TimeSpan.FromSeconds(10));
        await server.Time.WaitForTimerDueInAsync(Interval);
        stream.Send("second").End();

        using var response = await pending;
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal([new(Data: "first"), KeepAlive, new(Data: "second"), new(Data: "[DONE]")], await events.ReadAllAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timer_AfterTheAnswer_IsGone(bool fails)
    {
        await using var server = await StartWaitingAsync();
        _outcome.SetResult(fails ? Answers.Failed(RouterError.InvalidRequest("no")) : Answers.Streaming(new ScriptedStream().Send("content").End()));

        using var response = await server.PostAsync(ChatBodies.Streamed());
        await response.Content.ReadAsStringAsync();
        await server.Client.GetAsync(new Uri("healthz", UriKind.Relative));

        Assert.Equal(0, server.Time.ArmedTimers);
    }

    [Fact]
    public async Task Caller_LeavesMidStream_EndsTheStreamQuietly()
    {
        await using var server = await StartWaitingAsync();
        var stream = new ScriptedStream().Send("first");
        _outcome.SetResult(Answers.Streaming(stream));
        var response = await server.PostAsync(ChatBodies.Streamed());
        await using (var events = new SseReader(await response.Content.ReadAsStreamAsync()))
            await events.ReadAsync();

        response.Dispose();

        await stream.WaitForDisposalAsync();
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_LeavesBeforeTheOutcome_CancelsThePipelineQuietly(bool stream)
    {
        await using var server = await HttpServer.StartAsync();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Pipeline.Answer = async (_, cancellationToken) =>
        {
            entered.SetResult();
            try
            {
                return await _outcome.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }
        };
        using var leaving = new CancellationTokenSource();
        using var content = new ByteArrayContent(ChatBodies.For(stream));
        var pending = server.Client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content, leaving.Token);
        await Patience.WaitAsync(entered.Task, static () => "the pipeline to be entered");

        await leaving.CancelAsync();

        await Patience.WaitAsync(cancelled.Task, static () => "the pipeline to be cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task Caller_ReadsSlowly_SlowsTheStreamDown()
    {
        const int Batches = 1024;
        await using var server = await StartWaitingAsync();
        var stream = new EndlessStream(Batches);
        _outcome.SetResult(Answers.Streaming(stream));
        using var caller = new TcpClient { ReceiveBufferSize = 4096 };
        await caller.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port);
        var wire = caller.GetStream();
        var body = ChatBodies.Streamed();
        await wire.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n"));
        await wire.WriteAsync(body);

        await Patience.WaitAsync(wire.ReadExactlyAsync(new byte[1024 * 1024]).AsTask(), static () => "a megabyte of the stream");

        Assert.InRange(stream.Reads, 1, Batches / 2);
        caller.Close();
        await stream.WaitForDisposalAsync();
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    private async Task<HttpServer> StartWaitingAsync()
    {
        var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = (_, cancellationToken) => _outcome.Task.WaitAsync(cancellationToken);
        return server;
    }

    private static async Task<HttpResponseMessage> StartedByACommentAsync(HttpServer server)
    {
        var pending = server.PostAsync(ChatBodies.Streamed());
        await server.Time.WaitForTimersAsync();
        server.Time.Advance(Interval);
        return await pending;
    }
}
