using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public sealed class FakeUpstreamAnthropicTests : IAsyncLifetime
{
    private const string Body = """{"model":"claude","max_tokens":64,"messages":[{"role":"user","content":"Hello there"}]}""";
    private const string StreamedBody = """{"model":"claude","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"Hello there"}]}""";

    private static readonly HttpClient Client = new();

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task Default_Plain_EchoesAsAMessage()
    {
        using var response = await PostAsync(Body);

        var message = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("Echo: Hello there", (string?)message["content"]![0]!["text"]);
        Assert.Equal("end_turn", (string?)message["stop_reason"]);
    }

    [Fact]
    public async Task Stream_TextAndTool_SendsTheEventsInOrder()
    {
        _upstream.Next(Reply.Stream("Let me ", "look.").AndCall("get_weather", """{"city":"Oslo"}""").Usage(100, 9, cached: 30, cacheWrite: 20));

        var events = await StreamAsync();

        Assert.Equal(
        [
            "message_start", "ping",
            "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
            "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
            "message_delta", "message_stop",
        ],
        events.Select(item => item.Name));
        var json = events.Select(item => JsonNode.Parse(item.Data!)!).ToList();
        Assert.All(events.Zip(json), pair => Assert.Equal(pair.First.Name, (string?)pair.Second["type"]));
        var usage = json[0]["message"]!["usage"]!;
        Assert.Equal(50, (int?)usage["input_tokens"]);
        Assert.Equal(30, (int?)usage["cache_read_input_tokens"]);
        Assert.Equal(20, (int?)usage["cache_creation_input_tokens"]);
        Assert.Equal("""{"city":"Oslo"}""", (string?)json[7]["delta"]!["partial_json"] + (string?)json[8]["delta"]!["partial_json"]);
        Assert.Equal("tool_use", (string?)json[10]["delta"]!["stop_reason"]);
        Assert.Equal(9, (int?)json[10]["usage"]!["output_tokens"]);
    }

    [Fact]
    public async Task Stream_ErrorInside_IsAnErrorEvent()
    {
        _upstream.Next(Reply.Stream("a", "b").ErrorAfterChunk(1, 529, "Overloaded"));

        var last = (await StreamAsync())[^1];

        Assert.Equal("error", last.Name);
        Assert.Equal("overloaded_error", (string?)JsonNode.Parse(last.Data!)!["error"]!["type"]);
    }

    [Fact]
    public async Task Overloaded_Is529InAnthropicsWords()
    {
        _upstream.Next(Reply.Overloaded());
        using var response = await PostAsync(Body);

        Assert.Equal(529, (int)response.StatusCode);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("error", (string?)body["type"]);
        Assert.Equal("overloaded_error", (string?)body["error"]!["type"]);
    }

    [Theory]
    [InlineData("""{"model":"claude","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"claude","max_tokens":1,"messages":[{"role":"system","content":"x"}]}""", "role")]
    [InlineData("""{"model":"claude","max_tokens":1,"response_format":{},"messages":[{"role":"user","content":"x"}]}""", "response_format")]
    public async Task Any_RequestAnthropicWouldRefuse_Is400NamingTheField(string body, string named)
    {
        using var response = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_upstream.BaseAddress, "v1/messages")) { Content = new StringContent(body) };
        request.Headers.Add("anthropic-version", "2023-06-01");
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<IReadOnlyList<SseEvent>> StreamAsync()
    {
        using var response = await PostAsync(StreamedBody);
        await using var reader = new SseReader(await response.Content.ReadAsStreamAsync());
        return await reader.ReadAllAsync();
    }
}
