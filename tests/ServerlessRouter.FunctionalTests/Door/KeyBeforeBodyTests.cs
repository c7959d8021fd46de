using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Door;

/// <summary>A caller without a key costs the router nothing: the key is looked at before a byte of the body is.</summary>
public sealed class KeyBeforeBodyTests : IAsyncLifetime
{
    private const string CallersKey = "sk-caller-1";

    private readonly SecretVariable _caller = new(CallersKey);
    private readonly SecretVariable _admin = new("sk-the-admin");
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Key("me", _caller.Reference);
        _router = await RunningRouter.StartAsync(file.ToString(), adminKey: _admin.Reference);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _caller.Dispose();
        _admin.Dispose();
    }

    [Theory]
    [InlineData("POST", "v1/chat/completions")]
    [InlineData("POST", "openai/v1/chat/completions")]
    [InlineData("POST", "openai/deployments/mini/chat/completions")]
    [InlineData("POST", "v1/route")]
    [InlineData("POST", "v1/feedback")]
    [InlineData("POST", "v1/batches")]
    [InlineData("POST", "v1/files")]
    [InlineData("PUT", "v1/admin/configuration")]
    public async Task Body_OfACallerWithoutAKey_IsNotWaitedFor(string method, string path)
    {
        foreach (var key in new[] { "", "api-key: sk-wrong\r\n" })
        {
            await using var client = await RawClient.ConnectAsync(_router.Address);
            await client.SendAsync($"{method} /{path} HTTP/1.1\r\nHost: localhost\r\n{key}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 8000000\r\n\r\n");

            // The first line of all: no "100 Continue" before it.
            await client.ReadUntilAsync("HTTP/1.1 401 ");
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_WithTheKeyFromAPage_ThePageReadsTheAnswer(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream), ("api-key", CallersKey), ("Origin", "https://chat.example.com"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.IsWhole, answer.ToString());
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_UnknownModelFromAPage_ThePageReadsTheError(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "none"), ("api-key", CallersKey), ("Origin", "https://chat.example.com"));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
    }
}
