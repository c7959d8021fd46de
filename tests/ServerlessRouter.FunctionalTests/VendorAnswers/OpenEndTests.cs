using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>Some servers say all they have to say and never close: what is whole is given, and an error's status counts.</summary>
public sealed class OpenEndTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ManualTimeProvider _time = new();
    private byte[] _response = [];
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private Task _serving = Task.CompletedTask;
    private FakeUpstream _sound = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1/");
        _sound = await FakeUpstream.StartAsync();
        _sound.Default(Reply.Text("Sound."));
        var file = new RouterFile().Upstream("open", address).Upstream("sound", _sound).Route("auto", ["open"], """{ "limits": { "attempts": 1 } }""")
            .Route("safe", ["open", "sound"], """{ "limits": { "attemptSeconds": 47 } }""");
        _router = await RunningRouter.StartAsync(file, time: _time);
        // The renewal of leases has a timer of the same length, which the router arms behind its start.
        await _time.WaitForTimersDueInAsync(LeaseOptions.DefaultRenewInterval, 1);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _sound.DisposeAsync();
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    [Theory]
    [InlineData(false, JsonType, false)]
    [InlineData(true, JsonType, false)]
    [InlineData(false, EventStream, true)]
    [InlineData(true, EventStream, true)]
    [InlineData(false, "text/plain", true)]
    [InlineData(true, "text/plain", true)]
    [InlineData(false, null, true)]
    [InlineData(true, null, true)]
    [InlineData(false, null, false)]
    public async Task Chat_WholeAnswerOnAConnectionThatStaysOpen_IsGivenOnce(bool stream, string? mediaType, bool asEvents)
    {
        var body = asEvents ? Events(Text("Hi"), Finish()) : Message("""{"role":"assistant","content":"Hi"}""");
        _response = Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\n{(mediaType is null ? "" : $"Content-Type: {mediaType}\r\n")}\r\n{body}");

        var answer = await AskAsync(stream, ChatStream.UsageGrace);

        Assert.Equal((200, "Hi", true), ((int)answer.Status, answer.Text, answer.IsWhole));
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("Content-Length: 9000", false)]
    [InlineData("Content-Length: 9000", true)]
    [InlineData("Transfer-Encoding: chunked", false)]
    [InlineData("Transfer-Encoding: chunked", true)]
    [InlineData("Content-Encoding: gzip", false)]
    [InlineData("Content-Encoding: br", false)]
    public async Task Chat_WholeAnswerWhoseHeadersPromiseMore_IsGivenOnce(string header, bool stream)
    {
        var body = Encoding.UTF8.GetBytes(Message("""{"role":"assistant","content":"Hi"}"""));
        _response = [.. Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {JsonType}\r\n{header}\r\n\r\n"), .. Coded(body, header)];

        var answer = await AskAsync(stream, ChatStream.UsageGrace);

        Assert.Equal((200, "Hi", true), ((int)answer.Status, answer.Text, answer.IsWhole));
        Assert.Equal(1, _calls);
    }

    /// <summary>Its caller has seen nothing of it, and the vendor bills it. More comes behind the usage than lies between two sockets, so what is sent to its end has been read as far as that.</summary>
    [Fact]
    public async Task Chat_StreamToAPlainRequestHangs_IsATimeoutThatIsBilled()
    {
        var comments = string.Concat(Enumerable.Repeat($": {new string('.', 4000)}\n\n", 5000));
        _response = Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {EventStream}\r\n\r\n{Events(Text("Half", more: ""","usage":{"prompt_tokens":100,"completion_tokens":10}"""))}{comments}");

        var asking = _router.ChatAsync(ChatBodies.For(stream: false, model: "safe"), ("x-router-metadata", "enabled"));
        await _time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(47));
        await _sent.Task.WaitAsync(Patience.Limit);
        _time.Advance(TimeSpan.FromSeconds(47));
        var answer = await asking;

        var attempt = answer.Metadata!["attempts"]![0]!;
        Assert.Equal(("Sound.", "first_token_timeout"), (answer.Text, (string?)attempt["outcome"]));
        Assert.Equal((100 * 1m + 10 * 4m) / 1_000_000m, (decimal)attempt["cost_usd"]!);
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"Too long\",\"code\":\"context_length_exceeded\"}}", "context_length_exceeded", 2)]
    [InlineData("{\"error\":", null, 3)]
    public async Task Chat_ErrorWhoseBodyDoesNotEnd_CountsByWhatCame(string body, string? code, int seconds)
    {
        _response = Encoding.UTF8.GetBytes($"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{body}");

        var answer = await AskAsync(stream: false, TimeSpan.FromSeconds(seconds));

        Assert.Equal((400, code), ((int)answer.Status, answer.ErrorCode));
    }

    /// <summary>Asks, and lets so much time pass once the router waits for just that.</summary>
    private async Task<ClientAnswer> AskAsync(bool stream, TimeSpan silence, string model = "auto")
    {
        // The router's own work has timers too.
        var others = _time.TimersDueIn(silence);
        var asking = _router.ChatAsync(ChatBodies.For(stream, model: model), ("x-router-metadata", "enabled"));
        await _time.WaitForTimersDueInAsync(silence, others + 1);
        _time.Advance(silence);
        return await asking;
    }

    /// <summary>The body as the header says, without its end where that has one.</summary>
    private static byte[] Coded(byte[] body, string header)
    {
        if (header.EndsWith("chunked", StringComparison.Ordinal))
            return [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8];
        if (!header.StartsWith("Content-Encoding", StringComparison.Ordinal))
            return body;
        using var coded = new MemoryStream();
        using Stream coder = header.EndsWith("br", StringComparison.Ordinal) ? new BrotliStream(coded, CompressionLevel.Fastest) : new GZipStream(coded, CompressionLevel.Fastest);
        coder.Write(body);
        coder.Flush();
        return coded.ToArray();
    }

    private async Task ServeAsync()
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                open.Add(client);
                _calls++;
                var request = new byte[65_536];
                _ = await client.GetStream().ReadAsync(request, _end.Token);
                await client.GetStream().WriteAsync(_response, _end.Token);
                _sent.TrySetResult();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            open.ForEach(client => client.Dispose());
        }
    }
}
