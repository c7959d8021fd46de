using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class RequestBodyTests
{
    private const int Limit = RouterModel.DefaultMaxRequestBytes;
    private const string TooLarge = """
        {"error":{"message":"The body is larger than 8388608 bytes, the most this router reads (server.maxRequestBytes in its configuration).",
        "type":"invalid_request_error","param":null,"code":"payload_too_large"}}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_OfExactlyTheLimit_ReachesThePipelineByteForByte(bool chunked)
    {
        await using var server = await HttpServer.StartAsync();
        var sent = BodyOf(Limit);
        byte[]? received = null;
        server.Pipeline.Answer = (context, _) =>
        {
            received = context.Request.Bytes.ToArray();
            return Task.FromResult(Answers.Whole("{}"));
        };

        using var response = await PostAsync(server, sent, chunked);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_WithAByteOrderMark_ReachesThePipelineWithoutIt(bool chunked)
    {
        await using var server = await HttpServer.StartAsync();
        var sent = ChatBodies.Plain();
        byte[]? received = null;
        server.Pipeline.Answer = (context, _) =>
        {
            received = context.Request.Bytes.ToArray();
            return Task.FromResult(Answers.Whole("{}"));
        };

        using var response = await PostAsync(server, [.. "\uFEFF"u8, .. sent], chunked);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Body_AnnouncedTooLarge_IsRefusedBeforeItIsSent()
    {
        await using var server = await HttpServer.StartAsync();

        var answer = await server.SendRawAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {Limit + 1}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        JsonAssert.Equal(TooLarge, answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task Body_TooLargeAndChunked_IsRefused()
    {
        await using var server = await HttpServer.StartAsync();

        using var response = await PostAsync(server, BodyOf(Limit + 1), chunked: true);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await JsonAssert.EqualAsync(TooLarge, response);
    }

    [Fact]
    public async Task Body_OverTheServersOwnLimit_IsTheRoutersToJudge()
    {
        await using var server = await HttpServer.StartAsync(limit: static limits => limits.MaxRequestBodySize = 10);

        using var response = await PostAsync(server, ChatBodies.Plain(), chunked: false);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Body_InManyPieces_IsPutTogether()
    {
        await using var server = await HttpServer.StartAsync();
        var request = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var letter in Encoding.UTF8.GetString(ChatBodies.Plain()))
            request.Append("1\r\n").Append(letter).Append("\r\n");

        var answer = await server.SendRawAsync(request.Append("0\r\n\r\n").ToString());

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_TooSlow_IsGivenUp()
    {
        await using var server = await HttpServer.StartAsync(
            limit: static limits => limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromSeconds(1.1)));

        var answer = await server.SendRawAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        JsonAssert.Equal("""
            {"error":{"message":"The body came too slowly and reading it was given up. Send it in one go.","type":"invalid_request_error","param":null,"code":"request_timeout"}}
            """, answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task Body_BrokenOffByTheCaller_IsNoTrouble()
    {
        await using var server = await HttpServer.StartAsync();
        using (var caller = new System.Net.Sockets.TcpClient())
        {
            await caller.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port);
            await caller.GetStream().WriteAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        }

        using var response = await server.PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Theory]
    [InlineData("v1/chat/completions", "FFFFFFFFFFFFFFFF\r\nx")]
    [InlineData("v1/route", "FFFFFFFFFFFFFFFF\r\nx")]
    [InlineData("v1/feedback", "80000000\r\nx")]
    [InlineData("v1/batches", "7FFFFFFFFFFFFFFF\r\nx")]
    [InlineData("v1/chat/completions", "ZZ\r\n")]
    [InlineData("v1/chat/completions", "-1\r\n")]
    [InlineData("v1/chat/completions", "1\r\nab\r\n0\r\n\r\n")]
    public async Task Body_ItsChunksAreBroken_Is400AndNoBug(string path, string chunks)
    {
        await using var server = await HttpServer.StartAsync();

        var answer = await server.SendRawAsync($"POST /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"model\":\"auto\"}")]
    [InlineData("{\"model\":7,\"messages\":[]}")]
    [InlineData("\0")]
    public async Task Body_ThatIsNoRequest_IsAClearError(string body)
    {
        await using var server = await HttpServer.StartAsync();

        using var response = await PostAsync(server, Encoding.UTF8.GetBytes(body), chunked: false);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"code\":\"invalid_request\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.BadRequest)]
    [InlineData("identity", HttpStatusCode.OK)]
    public async Task ContentEncoding_ThatTheBodyHasNot_Is400(string encoding, HttpStatusCode expected)
    {
        await using var server = await HttpServer.StartAsync();
        using var content = new ByteArrayContent(ChatBodies.Plain());
        content.Headers.ContentEncoding.Add(encoding);

        using var response = await server.Client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task ContentType_Wrong_DoesNotMatter(string type)
    {
        await using var server = await HttpServer.StartAsync();
        using var content = new ByteArrayContent(ChatBodies.Plain());
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await server.Client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static byte[] BodyOf(int bytes)
    {
        var empty = ChatBodies.Plain(prompt: "");
        return ChatBodies.Plain(prompt: new string('x', bytes - empty.Length));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpServer server, byte[] body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        return await server.Client.SendAsync(request);
    }
}
