using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public sealed class FakeUpstreamFaultTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new();

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResetAt_BeforeHeaders_ClientSeesAReset(bool stream)
    {
        _upstream.Next(Reply.Text("x").ResetAt(ReplyPoint.BeforeHeaders));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(ChatBodies.For(stream)));

        Assert.Equal(SocketError.ConnectionReset, SocketErrorOf(failure));
        Assert.Equal(new UpstreamUsage(0, 0), (await _upstream.WaitForAnswerAsync()).Billed);
    }

    [Fact]
    public async Task ResetAt_WithinHeaders_HalfAHeaderArrivesThenTheReset()
    {
        _upstream.Next(Reply.Text("x").ResetAt(ReplyPoint.WithinHeaders));
        var (received, error) = await ReadRawAsync(ChatBodies.Plain());

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Type: text/ev", Encoding.ASCII.GetString(received));
        Assert.Equal(SocketError.ConnectionReset, error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResetAt_AfterChunk_WhatWasSentArrivesThenTheReset(bool stream)
    {
        _upstream.Next(Reply.Stream("aaa", "bbb").ResetAt(ReplyPoint.AfterChunk(1)));
        var (received, error) = await ReadRawAsync(ChatBodies.For(stream));

        var text = Encoding.UTF8.GetString(received);
        Assert.StartsWith("HTTP/1.1 200 OK", text, StringComparison.Ordinal);
        Assert.Equal(stream, text.Contains("aaa", StringComparison.Ordinal));
        Assert.DoesNotContain("bbb", text, StringComparison.Ordinal);
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal(AnswerEnd.Cut, (await _upstream.WaitForAnswerAsync()).End);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CutAt_Close_ClientSeesAnEndInsideTheBody(bool stream)
    {
        _upstream.Next(Reply.Stream("a", "b").CutAt(ReplyPoint.AfterChunk(1), CutManner.Close));
        using var response = await PostAsync(ChatBodies.For(stream));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());

        Assert.Equal(HttpRequestError.ResponseEnded, failure.HttpRequestError);
        Assert.Equal(0, _upstream.Books.Aborts);
    }

    [Fact]
    public async Task CutAfterChunk_Streamed_EndsCleanlyWithoutFinishOrDone()
    {
        _upstream.Next(Reply.Stream("a", "b", "c").Usage(10, 3).CutAfterChunk(2));
        var body = await ReadAsync(ChatBodies.Streamed());

        Assert.Contains("\"b\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"c\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"stop\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.Equal(new UpstreamUsage(10, 2), (await _upstream.WaitForAnswerAsync()).Billed);
    }

    [Fact]
    public async Task CutAfterChunk_Plain_EndsCleanlyWithUnfinishedJson()
    {
        _upstream.Next(Reply.Stream("a", "b").CutAfterChunk(2));
        var body = await ReadAsync(ChatBodies.Plain());

        Assert.StartsWith("{", body, StringComparison.Ordinal);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonNode.Parse(body));
    }

    [Fact]
    public async Task CutInsideCharacter_LastByteStartsACharacter()
    {
        _upstream.Next(Reply.Stream("a", "bø").CutInsideCharacter());
        var (received, _) = await ReadRawAsync(ChatBodies.Streamed());

        // The line end after it belongs to the chunked transfer coding.
        Assert.Equal(["ø"u8[0], (byte)'\r', (byte)'\n'], received[^3..]);
    }

    [Fact]
    public async Task CutInsideChunk_EndsInsideTheJsonOfThatChunk()
    {
        _upstream.Next(Reply.Stream("a", "b").CutInsideChunk(2));
        var (received, error) = await ReadRawAsync(ChatBodies.Streamed());

        var lastEvent = Encoding.UTF8.GetString(received).Split("\n\n")[^1];
        Assert.Contains("{\"id\":", lastEvent, StringComparison.Ordinal);
        Assert.DoesNotContain("\"b\"", lastEvent, StringComparison.Ordinal);
        Assert.Null(error);
    }

    [Fact]
    public async Task WithoutDone_StreamIsWholeOtherwise()
    {
        _upstream.Next(Reply.Stream("a").WithoutDone());
        var body = await ReadAsync(ChatBodies.Streamed());

        Assert.Contains("\"stop\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorAfterChunk_Streamed_SendsTheErrorInsideThe200()
    {
        _upstream.Next(Reply.Stream("a", "b").ErrorAfterChunk(1));
        using var response = await PostAsync(ChatBodies.Streamed());
        await using var reader = new SseReader(await response.Content.ReadAsStreamAsync());
        var events = await reader.ReadAllAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"a\"", events[^2].Data, StringComparison.Ordinal);
        Assert.Equal("server_error", (string?)JsonNode.Parse(events[^1].Data!)!["error"]!["code"]);
    }

    [Fact]
    public async Task ErrorAfterChunk_Plain_IsAnErrorBodyInA200()
    {
        _upstream.Next(Reply.Stream("a").ErrorAfterChunk(0));
        using var response = await PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gzip_BodyIsCompressedAndReadable(bool stream)
    {
        _upstream.Next(Reply.Text("compressed words").Gzip());
        using var response = await PostAsync(ChatBodies.For(stream));

        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        Assert.Contains("compressed", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StyledStream_CommentsCrLfAndSplitLines_ReadsTheSame()
    {
        _upstream.Next(Reply.Stream("a", "b").Comments("OPENROUTER PROCESSING").CrLf().SplitDataLines().ByteByByte());
        using var response = await PostAsync(ChatBodies.Streamed());
        var bytes = await response.Content.ReadAsByteArrayAsync();
        await using var reader = new SseReader(new MemoryStream(bytes));
        var events = await reader.ReadAllAsync();

        Assert.Contains("\r\ndata: {\r\ndata: \"id\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal("OPENROUTER PROCESSING", events[0].Comment);
        var content = events.Where(item => !item.IsComment && !item.IsDone).Select(item => JsonNode.Parse(item.Data!)!["choices"]!)
            .Where(choices => choices.AsArray().Count > 0).Select(choices => (string?)choices[0]!["delta"]!["content"]);
        Assert.Equal("ab", string.Concat(content));
    }

    [Fact]
    public async Task Empty_Streamed_IsA200WithNothingInIt()
    {
        _upstream.Next(Reply.Empty());
        using var response = await PostAsync(ChatBodies.Streamed());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task BrokenTlsAddress_Connecting_FailsTheHandshake()
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(_upstream.BrokenTlsAddress));

        Assert.Equal(HttpRequestError.SecureConnectionError, failure.HttpRequestError);
    }

    private static SocketError? SocketErrorOf(Exception? exception) => exception switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        _ => SocketErrorOf(exception.InnerException),
    };

    private async Task<HttpResponseMessage> PostAsync(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_upstream.OpenAiAddress, "chat/completions")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<string> ReadAsync(byte[] body)
    {
        using var response = await PostAsync(body);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What arrives on a bare socket, and the error that ended it; none when the peer closed.</summary>
    private async Task<(byte[] Received, SocketError? Error)> ReadRawAsync(byte[] body)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_upstream.BaseAddress.Host, _upstream.BaseAddress.Port);
        var head = $"POST /v1/chat/completions HTTP/1.1\r\nHost: upstream\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        await socket.SendAsync(body);
        var received = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (await Patience.WaitAsync(socket.ReceiveAsync(buffer.AsMemory()).AsTask(), static () => "more of the answer, or its end") is var count and > 0)
                received.AddRange(buffer.AsSpan(0, count));
            return ([.. received], null);
        }
        catch (SocketException exception)
        {
            return ([.. received], exception.SocketErrorCode);
        }
    }
}
