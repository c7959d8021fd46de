using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Door;

/// <summary>What the HTTP server refuses before the router sees it is answered with the reason, as the router's own errors are.</summary>
public sealed class UnreadableRequestTests : IAsyncLifetime
{
    private RunningRouter _router = null!;

    public async Task InitializeAsync() => _router = await RunningRouter.StartAsync("""
        { "providers": { "sim": { "kind": "simulated" } },
          "models": { "mini": { "price": { "free": true }, "contextWindow": 128000, "deployments": [{ "provider": "sim" }] } }, "routes": { "auto": { "candidates": ["mini"] } } }
        """);

    public async Task DisposeAsync() => await _router.DisposeAsync();

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400, "Invalid request line.")]
    [InlineData("GET /v1/models HTTP/1.1\r\n\r\n", 400, "Request is missing Host header.")]
    [InlineData("GET /v1/models%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "Invalid request target.")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk-\0x\r\n\r\n", 400, "Look at the key")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX A: b\r\n\r\n", 400, "not 'Name: value'")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: localhost\r\napi-key: sk-1\r\nsk-2\r\n\r\n", 400, "line end")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}", 400, "Invalid content length.")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n{}", 400, "'gzip'")]
    public async Task Request_ThatIsNoHttp_IsToldWhy(string request, int status, string reason)
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendAsync(request);

        var answer = await client.ReadToEndAsync();

        AssertTold(answer, status, reason);
        Assert.DoesNotContain("sk-", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_BehindAGoodOneOnTheSameConnection_IsToldWhy()
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await client.ReadUntilAsync("{\"status\":\"ok\"}");
        await client.SendAsync("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Long: " + new string('a', 40_000) + "\r\n\r\n");

        AssertTold(await client.ReadToEndAsync(), 431, "Request headers too long.");
    }

    [Fact]
    public async Task Http2_WithoutTls_IsRefusedInItsOwnFrames()
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

        Assert.DoesNotContain("HTTP/1.1", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ForTheHeadAlone_GetsTheHeadAlone()
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendAsync("HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\nX A: b\r\n\r\n");

        var answer = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private static void AssertTold(string answer, int status, string reason)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", answer, StringComparison.Ordinal);
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Contains($"Content-Length: {body.Length}\r\n", answer, StringComparison.Ordinal);
        var error = System.Text.Json.Nodes.JsonNode.Parse(body)!["error"]!;
        Assert.Contains(reason, (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal("invalid_request", (string?)error["code"]);
    }
}
