using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public sealed class FakeUpstreamTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new();

    private FakeUpstream _upstream = null!;

    public static TheoryData<string, int, Reply> Errors => new()
    {
        { "rate_limit_exceeded", 429, Reply.RateLimited() },
        { "insufficient_quota", 429, Reply.QuotaExhausted() },
        { "invalid_api_key", 401, Reply.InvalidKey() },
        { "permission_denied", 403, Reply.Forbidden() },
        { "DeploymentNotFound", 404, Reply.DeploymentNotFound() },
        { "context_length_exceeded", 400, Reply.ContextLengthExceeded() },
        { "content_filter", 400, Reply.ContentFiltered() },
        { "overloaded", 529, Reply.Overloaded() },
    };

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task Default_Plain_EchoesAndReportsUsage()
    {
        using var response = await PostAsync(ChatBodies.Plain("Hello there", "mini"));

        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("Echo: Hello there", (string?)body["choices"]![0]!["message"]!["content"]);
        Assert.Equal("stop", (string?)body["choices"]![0]!["finish_reason"]);
        Assert.Equal("mini", (string?)body["model"]);
        Assert.Equal(2, (int?)body["usage"]!["prompt_tokens"]);
        Assert.Equal(3, (int?)body["usage"]!["completion_tokens"]);
    }

    [Fact]
    public async Task Stream_UsageAsked_SendsPiecesFinishUsageAndDone()
    {
        _upstream.Next(Reply.Stream("a", "b", "ø").Usage(12, 5, cached: 4, reasoning: 2));

        var events = await StreamAsync(ChatBodies.Streamed());

        Assert.True(events[^1].IsDone);
        var chunks = events.SkipLast(1).Select(item => JsonNode.Parse(item.Data!)!).ToList();
        Assert.Equal(["", "a", "b", "ø"], chunks.Take(4).Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]));
        Assert.Equal("stop", (string?)chunks[4]["choices"]![0]!["finish_reason"]);
        Assert.Empty(chunks[5]["choices"]!.AsArray());
        Assert.Equal(4, (int?)chunks[5]["usage"]!["prompt_tokens_details"]!["cached_tokens"]);
        Assert.Equal(2, (int?)chunks[5]["usage"]!["completion_tokens_details"]!["reasoning_tokens"]);
        Assert.True((await _upstream.WaitForAnswerAsync()).ReportedUsage);
    }

    [Fact]
    public async Task Stream_UsageNotAsked_ReportsNone()
    {
        var events = await StreamAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        Assert.DoesNotContain(events, item => item.Data!.Contains("usage", StringComparison.Ordinal));
        Assert.False((await _upstream.WaitForAnswerAsync()).ReportedUsage);
    }

    [Theory]
    [InlineData(UsagePlacement.FirstChunk, 0)]
    [InlineData(UsagePlacement.LastContentChunk, 2)]
    [InlineData(UsagePlacement.FinishChunk, 3)]
    [InlineData(UsagePlacement.OwnChunk, 4)]
    public async Task Stream_UsagePlaced_IsOnThatChunkAlone(UsagePlacement placement, int expected)
    {
        _upstream.Next(Reply.Stream("a", "b").UsageAt(placement));

        var events = await StreamAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        var reporting = Enumerable.Range(0, events.Count - 1).Where(i => JsonNode.Parse(events[i].Data!)!["usage"] is not null);
        Assert.Equal([expected], reporting);
    }

    [Theory]
    [InlineData("openai/deployments/gpt-mini/chat/completions?api-version=2024-10-21")]
    [InlineData("openai/v1/chat/completions")]
    public async Task Stream_AzurePath_OpensWithPromptFilterResults(string path)
    {
        var events = await StreamAsync(ChatBodies.Streamed(model: "gpt-mini"), path);

        var first = JsonNode.Parse(events[0].Data!)!;
        Assert.Empty(first["choices"]!.AsArray());
        Assert.NotNull(first["prompt_filter_results"]);
        Assert.Equal("gpt-mini", _upstream.Books.Requests[0].Model);
    }

    [Fact]
    public async Task Default_ToolDemanded_CallsItWithFittingArguments()
    {
        using var response = await PostAsync(ChatBodies.WithTools(toolChoice: "required"));

        var call = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!;
        Assert.Equal(ChatBodies.WeatherTool, (string?)call["name"]);
        Assert.Equal("text", (string?)JsonNode.Parse((string)call["arguments"]!)!["city"]);
    }

    [Fact]
    public async Task Default_SchemaDemanded_AnswersWithFittingJson()
    {
        using var response = await PostAsync(ChatBodies.WithSchema());

        var content = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["message"]!["content"]!;
        Assert.Equal(1, (int?)JsonNode.Parse(content)!["age"]);
    }

    [Fact]
    public async Task Books_AnyRequest_HoldItsExactBytesHeadersAndQuery()
    {
        var sent = """{ "model":"m",  "messages":[{"role":"user","content":"\u00e6 æ"}], "odd": 1.50 }"""u8.ToArray();
        using var _ = await PostAsync(sent, "any/prefix/chat/completions?a=b");

        var request = await _upstream.WaitForRequestAsync();
        Assert.Equal(sent, request.Body);
        Assert.Equal("/any/prefix/chat/completions", request.Path);
        Assert.Equal("?a=b", request.Query);
        Assert.Equal("application/json", request.Headers["content-type"]);
    }

    [Fact]
    public async Task Books_SeveralAnswers_AddUpTheirCost()
    {
        _upstream.Default(Reply.Text("x").Usage(1_000_000, 500_000, cached: 400_000));
        for (var i = 0; i < 2; i++)
            (await PostAsync(ChatBodies.Plain())).Dispose();
        await _upstream.WaitForAnswerAsync(2);

        Assert.Equal(2 * (0.6m + 0.2m + 2.0m), _upstream.Books.CostUsd);
    }

    [Fact]
    public async Task Next_SeveralReplies_AreUsedInOrderThenTheDefault()
    {
        _upstream.Default(Reply.Status(500));
        _upstream.Next(Reply.Status(503), Reply.RateLimited().RetryAfter(7).RemainingTokens(0, "6m0s"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(ChatBodies.Plain())).StatusCode);
        var limited = await PostAsync(ChatBodies.Plain());
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)), limited.Headers.RetryAfter);
        Assert.Equal("6m0s", limited.Headers.GetValues("x-ratelimit-reset-tokens").Single());
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(ChatBodies.Plain())).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Next_VendorError_HasItsStatusAndCode(string code, int status, Reply reply)
    {
        _upstream.Next(reply);
        using var response = await PostAsync(ChatBodies.Plain());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]);
        Assert.Equal(0m, (await _upstream.WaitForAnswerAsync()).CostUsd);
    }

    [Fact]
    public async Task ContentFiltered_Body_CarriesAzuresDetails()
    {
        _upstream.Next(Reply.ContentFiltered());
        using var response = await PostAsync(ChatBodies.Plain());

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        Assert.True((bool?)error["innererror"]!["content_filter_result"]!["violence"]!["filtered"]);
    }

    [Fact]
    public async Task HtmlBadGateway_Body_IsAPage()
    {
        _upstream.Next(Reply.HtmlBadGateway());
        using var response = await PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Stream_HugePiece_IsOneLineOfThatLength()
    {
        _upstream.Next(Reply.Stream(new string('x', 3_000_000)));

        var events = await StreamAsync(ChatBodies.Streamed());

        Assert.Contains(events, item => item.Data!.Length > 3_000_000);
    }

    [Fact]
    public async Task RequiredKey_OtherKey_IsRefused()
    {
        _upstream.RequiredKey = "right";
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(ChatBodies.Plain())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(ChatBodies.Plain(), key: "right")).StatusCode);
    }

    [Fact]
    public async Task HoldAt_BeforeHeaders_NothingComesUntilTheGateOpens()
    {
        var gate = new Gate();
        _upstream.Next(Reply.Text("late").HoldAt(ReplyPoint.BeforeHeaders, gate));

        var answering = PostAsync(ChatBodies.Plain());
        await gate.WaitForArrivalAsync();
        Assert.False(answering.IsCompleted);
        Assert.Equal(1, _upstream.Books.InFlight);
        gate.Open();

        Assert.Equal(HttpStatusCode.OK, (await answering).StatusCode);
    }

    [Fact]
    public async Task HoldAt_AfterChunk_TheChunkArrivesWhileTheRestIsHeld()
    {
        var gate = new Gate();
        _upstream.Next(Reply.Stream("a", "b").HoldAt(ReplyPoint.AfterChunk(1), gate));

        using var response = await PostAsync(ChatBodies.Streamed());
        await using var reader = new SseReader(await response.Content.ReadAsStreamAsync());
        await reader.ReadAsync();
        Assert.Contains("\"a\"", (await reader.ReadAsync())!.Data, StringComparison.Ordinal);
        var next = reader.ReadAsync();
        Assert.False(next.IsCompleted);
        gate.Open();

        Assert.Contains("\"b\"", (await next)!.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangAt_ClientLeaves_CountsAnAbortAndBillsThePrompt()
    {
        _upstream.Next(Reply.Stream("a", "b").Usage(10, 4).HangAt(ReplyPoint.AfterChunk(1)));
        var response = await PostAsync(ChatBodies.Streamed());
        response.Dispose();

        await _upstream.WaitForAbortAsync();

        var answer = _upstream.Books.Answers.Single();
        Assert.Equal(AnswerEnd.ClientGone, answer.End);
        Assert.Equal(new UpstreamUsage(10, 2), answer.Billed);
        Assert.Equal(1, _upstream.Books.Aborts);
        Assert.Equal(0, _upstream.Books.InFlight);
    }

    [Fact]
    public async Task Books_ClientLeavesDuringItsRequest_CountAnAbortAndNoRequest()
    {
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(_upstream.BaseAddress.Host, _upstream.BaseAddress.Port);
            await socket.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: upstream\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        }

        await _upstream.WaitForAbortAsync();
        Assert.Empty(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Events_Payloads_AreSentAsTheyStand()
    {
        _upstream.Next(Reply.Events("""{"choices":[]}""", "not json", "[DONE]"));

        var events = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(["""{"choices":[]}""", "not json", "[DONE]"], events.Select(item => item.Data));
    }

    [Fact]
    public async Task Books_ParallelRequests_RememberTheHighWaterMark()
    {
        var gate = new Gate();
        _upstream.Default(Reply.Text("x").HoldAt(ReplyPoint.BeforeHeaders, gate));
        var answering = Enumerable.Range(0, 3).Select(_ => PostAsync(ChatBodies.Plain())).ToArray();
        await gate.WaitForArrivalAsync(3);
        gate.Open();
        await Task.WhenAll(answering);

        await _upstream.WaitForAnswerAsync(3);
        Assert.Equal(3, _upstream.Books.MaxAtOnce);
    }

    [Fact]
    public async Task Dispose_ScriptThatCannotHappen_Fails()
    {
        var upstream = await FakeUpstream.StartAsync();
        upstream.Next(Reply.Stream("a").CutAfterChunk(2));
        var address = new Uri(upstream.OpenAiAddress, "chat/completions");
        await Assert.ThrowsAsync<HttpRequestException>(() => Client.PostAsync(address, new ByteArrayContent(ChatBodies.Streamed())));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await upstream.DisposeAsync());
        Assert.Contains("AfterChunk(2)", failure.Message, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(byte[] body, string path = "v1/chat/completions", string key = "any")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_upstream.BaseAddress, path)) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<IReadOnlyList<SseEvent>> StreamAsync(byte[] body, string path = "v1/chat/completions")
    {
        using var response = await PostAsync(body, path);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var reader = new SseReader(await response.Content.ReadAsStreamAsync());
        return await reader.ReadAllAsync();
    }
}
