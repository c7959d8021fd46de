using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Door;

/// <summary>Ten thousand requests that no client should send: each is answered, or its connection closed, and none of them is a fault of the router's.</summary>
public sealed partial class MalformedRequestTests
{
    private const int Requests = 10_000;
    private const int Senders = 8;
    private const string Key = "sk-caller-1";
    private const string AdminKey = "sk-the-admin";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "FOO", "get"];

    /// <summary>Beside those of every endpoint that the router describes.</summary>
    private static readonly string[] OddPaths =
    [
        "/openai/deployments/X/chat/completions", "/v1/models/X", "/v1/requests/X", "/X", "/v1/X", "/openai/X", "/v1/admin/X", "*", "http://localhost/v1/models", "//v1/models", "",
    ];

    private static readonly string[] AlertPaths =
    [
        "/v1/admin/alerts", "/v1/admin/alerts/X", "/v1/admin/alerts/X/acknowledge", "/v1/admin/alerts/alert_0123456789abcdef01234567/acknowledge", "/v1/admin/alerts?state=X", "/v1/admin/alerts?after=alert_X", "/v1/admin/alerts?limit=X",
    ];

    private static readonly string[] Parameters = ["from", "to", "after", "limit", "state", "order", "group_by", "key", "route", "model", "purpose", "api-version", "x", ""];

    private static readonly string[] Headers =
    [
        "Authorization", "api-key", "x-api-key", "Content-Type", "Content-Encoding", "Expect", "Prefer", "Idempotency-Key", "If-Match", "x-request-id", "x-session-id", "x-router-prefer", "x-router-callback",
        "x-router-metadata", "x-litellm-timeout", "x-litellm-num-retries", "x-portkey-metadata", "traceparent", "Origin", "Sec-Fetch-Site", "Access-Control-Request-Method", "Access-Control-Request-Headers",
        "Range", "Cookie", "Accept", "Accept-Encoding", "Connection", "Upgrade", "Transfer-Encoding", "Content-Length", "Host", "If-None-Match", "Forwarded", "X-Forwarded-For",
    ];

    private static readonly string[] Values =
    [
        "", " ", "x", "0", "-1", "1e400", "99999999999999999999999999", "NaN", "Infinity", "null", "\"", "\t", "%", "%zz", "%00", "%ff", "%c3%28", "%ed%a0%80", "%2f", "%2e%2e", "../../etc/passwd", "a%2Fb", "é", "漢字",
        "\u0001", "2026-01-31", "0001-01-01", "9999-12-31T23:59:59Z", "MjAyNjAxMDE_fw", "MjAyNjAxMDE", "MDAwMTAxMDEwMA", "gzip", "br", "deflate", "chunked", "identity", "100-continue", "respond-async", "wait=99999999999",
        "multipart/form-data", "multipart/form-data; boundary=B", "multipart/form-data; boundary=\"", "application/json; charset=utf-16", "http://evil.example", "http://localhost:3000", "cross-site", "*", ",", ";", "=",
        "bytes=0-1", "00-xx", "close", "keep-alive", "websocket", "http://127.0.0.1:1/", "https://[::1", "W/\"x\"", $"Bearer {Key}", "Basic Og==", new('a', 129), new('a', 513), new('~', 300), new('a', 7000), new('%', 200),
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "[]", "null", "\"x\"", "\0", "{}", "\uFEFF{}", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}",
        "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", "{\"model\":5,\"messages\":1e999}", "{\"request_id\":\"\\ud800\",\"score\":1e400}", "{\"request_id\":\"x\",\"thumbs\":\"up\"}",
        "{\"input_file_id\":\"x\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"99999999999999h\"}", "{\"input_file_id\":\"x\",\"endpoint\":\"/v1/chat/completions\",\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":1e99}}",
        "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{}\r\n--B--\r\n", "--B\r\nContent-Disposition: form-data; name=\"file\r\n\r\n--B",
        "--B\r\nContent-Disposition: form-data; name=\"expires_after[seconds]\"\r\n\r\n99999999999999999999\r\n--B--", "\u001f\u008b\b\0\0\0", "version: 1\nmodels:\n  - a", new string('[', 3000), "{\"a\":" + new string('9', 3000) + "}",
    ];

    private static readonly string[] Chunks = ["0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\nx", "-1\r\n", "ZZ\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "2\n{}\n0\n\n", "\r\n", "80000000\r\n"];

    private const string Configuration = """
        { "providers": { "sim": { "kind": "simulated", "simulation": { "firstTokenMilliseconds": 0, "tokensPerSecond": 10000 } } },
          "models": { "mini": { "price": { "inputPerMillion": 1, "outputPerMillion": 1 }, "contextWindow": 128000, "capabilities": ["tools"], "deployments": [{ "provider": "sim" }] } },
          "routes": { "auto": { "candidates": ["mini"] } }, "keys": { "me": { "secret": "SECRET" } } }
        """;

    [Fact]
    public Task TenThousandMalformedRequests_NoneIsAFaultOfTheRouters() => SendAllAsync();

    [Fact]
    public Task TenThousandMalformedRequests_ToTheAlerts_NoneIsAFaultOfTheRouters() => SendAllAsync(AlertPaths);

    private static async Task SendAllAsync(string[]? only = null)
    {
        using var secret = new SecretVariable(Key);
        using var admin = new SecretVariable(AdminKey);
        await using var router = await RunningRouter.StartAsync(Configuration.Replace("SECRET", secret.Reference, StringComparison.Ordinal), adminKey: admin.Reference);
        var paths = only ?? await PathsAsync(router);
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var answered = 0;

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var luck = new SeededRandomSource(sender);
            for (var turn = 0; turn < Requests / Senders; turn++)
            {
                var (request, isWhole) = Compose(luck, paths);
                var answer = await SendAsync(router.Address, request, isWhole);
                if (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
                    Interlocked.Increment(ref answered);
                if (answer.Contains("HTTP/1.1 5", StringComparison.Ordinal))
                    faults.Enqueue($"{Short(request)} => {Short(answer)}");
            }
        })));

        Assert.Empty(faults);
        // Most are answered: a router that closes every connection is no good one either.
        Assert.InRange(answered, Requests * 9 / 10, Requests);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await router.GetAsync("v1/models", ("api-key", Key))).Status);
    }

    private static async Task<string[]> PathsAsync(RunningRouter router)
    {
        string[] paths = [.. (await router.GetAsync("openapi.json")).Json["paths"]!.AsObject().Select(static path => InBraces().Replace(path.Key, "X")), .. OddPaths];
        Assert.Contains("/v1/admin/keys/X/rotate", paths);
        return paths;
    }

    private static (byte[] Request, bool IsWhole) Compose(SeededRandomSource luck, string[] paths)
    {
        var path = Pick(luck, paths).Replace("X", Pick(luck, Values), StringComparison.Ordinal);
        if (luck.Next(3) == 0)
            path += $"?{Pick(luck, Parameters)}={Pick(luck, Values)}&{Pick(luck, Parameters)}={Pick(luck, Values)}";
        var head = new StringBuilder($"{(luck.Next(4) == 0 ? Pick(luck, Methods) : luck.Next(2) == 0 ? "GET" : "POST")} {path} HTTP/1.{(luck.Next(20) == 0 ? 0 : 1)}\r\n");
        if (luck.Next(20) > 0)
            head.Append("Host: localhost\r\n");
        if (luck.Next(8) > 0)
            head.Append(path.Contains("admin", StringComparison.Ordinal) ? $"api-key: {AdminKey}\r\n" : $"api-key: {Key}\r\n");
        for (var more = luck.Next(3); more > 0; more--)
            head.Append(Pick(luck, Headers)).Append(luck.Next(30) == 0 ? " : " : ": ").Append(Pick(luck, Values)).Append("\r\n");

        var body = Encoding.Latin1.GetBytes(Pick(luck, Bodies));
        if (luck.Next(10) == 0)
            return (Encoding.UTF8.GetBytes($"{head}Transfer-Encoding: chunked\r\n\r\n{Pick(luck, Chunks)}"), false);
        var isWhole = !head.ToString().Contains("Transfer-Encoding", StringComparison.Ordinal);
        var length = body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var announced = luck.Next(15) == 0 ? Pick(luck, Values) : length;
        return ([.. Encoding.UTF8.GetBytes($"{head}Content-Length: {announced}\r\n\r\n"), .. body], isWhole && announced == length);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex InBraces();

    private static string Pick(SeededRandomSource luck, string[] list) => list[luck.Next(list.Length)];

    private static string Short(string text) => text.Length <= 600 ? text : text[..600];

    private static string Short(byte[] bytes) => Short(Encoding.Latin1.GetString(bytes));

    /// <summary>The beginning of the answer. Behind a request that may not be whole the sender closes its side, so that neither side waits for the rest.</summary>
    private static async Task<string> SendAsync(Uri address, byte[] request, bool isWhole)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var received = new byte[2048];
        var length = 0;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port);
            await socket.SendAsync(request);
            if (!isWhole)
                socket.Shutdown(SocketShutdown.Send);
            using var patience = new CancellationTokenSource(Patience.Limit, TimeProvider.System);
            while (!IsAnswered(received.AsSpan(0, length)) && await socket.ReceiveAsync(received.AsMemory(length), patience.Token) is > 0 and var count)
                length += count;
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }

        return Encoding.Latin1.GetString(received, 0, length);
    }

    /// <summary>"100 Continue" is no answer yet.</summary>
    private static bool IsAnswered(ReadOnlySpan<byte> received) =>
        received.IndexOf("\r\n\r\n"u8) >= 0 && (!received.StartsWith("HTTP/1.1 100"u8) || received[4..].IndexOf("HTTP/1.1"u8) >= 0);
}
