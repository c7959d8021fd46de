using System.Net;
using System.Net.Sockets;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>Some servers say all they have to say and never close: what is whole is given, and an error's status counts.</summary>
public sealed class OpenEndTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private string _response = "";
    private int _calls;
    private Task _serving = Task.CompletedTask;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1/");
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("open", address).Route("auto", ["open"], """{ "limits": { "attempts": 1 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
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
    public async Task Chat_WholeAnswerOnAConnectionThatStaysOpen_IsGivenOnce(bool stream, string mediaType, bool asEvents)
    {
        var body = asEvents ? Events(Text("Hi"), Finish()) : Message("""{"role":"assistant","content":"Hi"}""");
        _response = $"HTTP/1.1 200 OK\r\nContent-Type: {mediaType}\r\n\r\n{body}";

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal((200, "Hi", true), ((int)answer.Status, answer.Text, answer.IsWhole));
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"Too long\",\"code\":\"context_length_exceeded\"}}", "context_length_exceeded")]
    [InlineData("{\"error\":", null)]
    public async Task Chat_ErrorWhoseBodyDoesNotEnd_CountsByWhatCame(string body, string? code)
    {
        _response = $"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{body}";

        var answer = await _router.ChatAsync(ChatBodies.Plain());

        Assert.Equal((400, code), ((int)answer.Status, answer.ErrorCode));
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
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(_response), _end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            open.ForEach(client => client.Dispose());
        }
    }
}
