using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>Responses whose callers do not wait.</summary>
public sealed class BackgroundResponseTests : IAsyncLifetime
{
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;
    private JobClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]));
        _client = new JobClient(_router.Client);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Post_Background_IsAnsweredByAJobAndCanBeGoneOnFrom()
    {
        var queued = await PostAsync("""{"model":"auto","input":"Later.","background":true,"metadata":{"a":"b"}}""");

        var ended = await _client.EndOfAsync($"v1/responses/{(string)queued["id"]!}");
        var next = await PostAsync($$"""{"model":"auto","input":"And now?","previous_response_id":"{{(string)queued["id"]!}}"}""");

        Assert.Equal("Echo: Later.", (string)ended["output"]![0]!["content"]![0]!["text"]!);
        Assert.Equal(((string)queued["id"]!, "b", true), ((string)ended["id"]!, (string)ended["metadata"]!["a"]!, (bool)ended["background"]!));
        Assert.Equal("completed", (string)next["status"]!);
        Assert.Equal((string)queued["id"]!, (string)next["previous_response_id"]!);
    }

    [Fact]
    public async Task Post_BackgroundThatTheVendorRefuses_FailsWithWhatItSaid()
    {
        _upstream.Next(Reply.Status(400));
        var queued = await PostAsync("""{"model":"auto","input":"Refused.","background":true}""");

        var ended = await _client.EndOfAsync($"v1/responses/{(string)queued["id"]!}");

        Assert.Equal("failed", (string)ended["status"]!);
        Assert.NotNull((string?)ended["error"]!["message"]);
    }

    private async Task<JsonNode> PostAsync(string body)
    {
        var (status, response) = await _client.PostAsync("v1/responses", body);
        Assert.True(status == HttpStatusCode.OK, response?.ToJsonString());
        return response!;
    }
}
