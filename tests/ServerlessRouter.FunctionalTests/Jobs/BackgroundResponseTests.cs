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

    [Fact]
    public async Task Cancel_VendorIsAtWork_BreaksTheCallOffAndStaysCancelled()
    {
        _upstream.Next(Reply.Stream("One ", "two ", "three.").HangAt(ReplyPoint.AfterChunk(2)));
        var path = $"v1/responses/{(string)(await PostAsync("""{"model":"auto","input":"Long.","background":true}"""))["id"]!}";
        await _upstream.WaitForRequestAsync();

        var (status, cancelled) = await _client.PostAsync($"{path}/cancel", "");
        await _upstream.WaitForAbortAsync();

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (status, (string)cancelled!["status"]!));
        var (_, again) = await _client.PostAsync($"{path}/cancel", "");
        Assert.Equal("cancelled", (string)again!["status"]!);
        Assert.Equal("cancelled", (string)(await _client.GetAsync(path)).Body!["status"]!);
    }

    [Fact]
    public async Task Cancel_AfterItWasAnswered_TellsTheAnswer()
    {
        var path = $"v1/responses/{(string)(await PostAsync("""{"model":"auto","input":"Quick.","background":true}"""))["id"]!}";
        await _client.EndOfAsync(path);

        var (status, answered) = await _client.PostAsync($"{path}/cancel", "");

        Assert.Equal((HttpStatusCode.OK, "completed"), (status, (string)answered!["status"]!));
        Assert.Equal("Echo: Quick.", (string)answered["output"]![0]!["content"]![0]!["text"]!);
    }

    private async Task<JsonNode> PostAsync(string body)
    {
        var (status, response) = await _client.PostAsync("v1/responses", body);
        Assert.True(status == HttpStatusCode.OK, response?.ToJsonString());
        return response!;
    }
}
