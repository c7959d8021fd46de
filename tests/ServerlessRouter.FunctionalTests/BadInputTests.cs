using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Whatever a client sends, it gets an answer that says what is wrong and what to change; never a 500, never a call to a vendor.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string Message = """{"role":"user","content":"hi"}""";

    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("mini", _upstream, """{ "capabilities": [], "contextWindow": 2000 }""")
            .Route("auto", ["mini"])
            .Server("""{ "maxRequestBytes": 4194304 }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"hi""")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"hi"}]""")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"hi"}]} {}""")]
    [InlineData("""{"model":"auto",,"messages":[]}""")]
    [InlineData("not json at all")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    public async Task Chat_NotOneWholeJsonObject_400SaysSo(string body) => await AssertBadRequestAsync(body, null);

    [Theory]
    [InlineData($$"""{"model":5,"messages":[{{Message}}]}""", "model")]
    [InlineData($$"""{"model":{},"messages":[{{Message}}]}""", "model")]
    [InlineData($$"""{"messages":[{{Message}}]}""", "model")]
    [InlineData("""{"model":"auto"}""", "messages")]
    [InlineData("""{"model":"auto","messages":[]}""", "messages")]
    [InlineData("""{"model":"auto","messages":null}""", "messages")]
    [InlineData("""{"model":"auto","messages":"hi"}""", "messages")]
    [InlineData("""{"model":"auto","messages":{}}""", "messages")]
    [InlineData("""{"model":"auto","messages":["hi"]}""", "messages")]
    [InlineData($$"""{"model":"auto","messages":[{{Message}}],"stream":"yes"}""", "stream")]
    [InlineData($$"""{"model":"auto","messages":[{{Message}}],"models":"mini"}""", "models")]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"hi"}],"provider":{"sortt":"price"}}""", "provider")]
    public async Task Chat_AMemberIsMissingOrOfAnotherType_400NamesIt(string body, string param) => await AssertBadRequestAsync(body, param);

    [Fact]
    public async Task Chat_BrokenUtf8_400()
    {
        byte[] body = [.. """{"model":"auto","messages":[{"role":"user","content":" """u8, 0xC3, 0x28, .. "\"}]}"u8];

        var answer = await _router.ChatAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid_request", answer.ErrorCode);
    }

    [Fact]
    public async Task Chat_NestedWithoutEnd_400()
    {
        var body = $$"""{"model":"auto","messages":[{{Message}}],"x":{{new string('[', 100_000)}}""";

        await AssertBadRequestAsync(body, null);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Chat_BodyOfTenMegabytes_413NamesTheLimit(bool isLengthAnnounced)
    {
        var body = ChatBodies.Plain(new string('x', 10 * 1024 * 1024));
        using var content = isLengthAnnounced ? new ByteArrayContent(body) : (HttpContent)new UnannouncedContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = content };
        request.Headers.ExpectContinue = true;

        using var response = await _router.Client.SendAsync(request);

        var answer = await ClientAnswer.ReadAsync(response);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("payload_too_large", answer.ErrorCode);
        Assert.Contains("4194304", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("server.maxRequestBytes", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_upstream.Books.Requests);
    }

    [Theory]
    [InlineData(false, "autoo", "'auto'")]
    [InlineData(true, "autoo", "'auto'")]
    [InlineData(false, "mnii", "'mini'")]
    public async Task Chat_UnknownRoute_404NamesTheNearest(bool stream, string model, string nearest)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: model));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("model_not_found", answer.ErrorCode);
        Assert.Equal("model_not_found", (string?)answer.Error!["availability"]!["code"]);
        Assert.Equal("model", (string?)answer.Error["param"]);
        Assert.Contains($"'{model}'", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains(nearest, answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("GET /v1/models", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_NoModelCanSeePictures_404NamesTheConstraint(bool stream)
    {
        var body = ChatBodies.WithImage();

        var answer = await _router.ChatAsync(stream ? ChatBodies.AsStream(body) : body);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("constraint_filtered", answer.ErrorCode);
        var availability = answer.Error!["availability"]!;
        Assert.Equal("constraint_filtered", (string?)availability["code"]);
        Assert.NotEmpty(availability["excluded_by"]!.AsArray());
        Assert.Contains("vision", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("mini", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_upstream.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_PromptLongerThanEveryWindow_IsRefusedBeforeAnyCall(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, string.Join(' ', Enumerable.Repeat("word", 20_000))));

        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, answer.ToString());
        Assert.True(answer.ErrorCode is "context_length_exceeded" or "constraint_filtered", answer.ToString());
        Assert.Contains("2000", answer.ErrorMessage!.Replace(",", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(_upstream.Books.Requests);
    }

    [Theory]
    [InlineData(false, "x-litellm-timeout", "soon")]
    [InlineData(true, "x-litellm-timeout", "-1")]
    [InlineData(false, "x-portkey-request-timeout", "NaN")]
    [InlineData(true, "x-litellm-num-retries", "many")]
    public async Task Chat_BadRoutingHeader_400NamesHeaderAndValue(bool stream, string header, string value)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream), (header, value));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(header, answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_upstream.Books.Requests);
    }

    [Fact]
    public async Task Chat_RequestIdThatIsNoName_IsReplacedAndNotRepeated()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain(), ("x-request-id", new string('a', 5000)));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith("req_", answer.Header("x-request-id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_CompressedBody_400SaysSo()
    {
        using var content = new ByteArrayContent(ChatBodies.Plain());
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await _router.Client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);

        var answer = await ClientAnswer.ReadAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Content-Encoding", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "v1/models", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "chat/completions", HttpStatusCode.NotFound)]
    [InlineData("POST", "v1/completions/nothing", HttpStatusCode.NotFound)]
    public async Task AnyUrl_NotServedThisWay_ErrorInOpenAisShape(string method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _router.Client.SendAsync(request);

        var answer = await ClientAnswer.ReadAsync(response);

        Assert.Equal(expected, answer.Status);
        Assert.NotEmpty(answer.ErrorMessage!);
        Assert.NotNull(answer.ErrorCode);
    }

    [Fact]
    public async Task Chat_BodyComesTooSlowly_IsGivenUpWithAnAnswerAndTheRouterServesOn()
    {
        await using var slow = await RawClient.ConnectAsync(_router.Address);
        await slow.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: {_router.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{");

        // The server wants 240 bytes a second after a grace of 5 s; this body stands still.
        var answer = await slow.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("request_timeout", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _router.ChatAsync(ChatBodies.Plain())).Status);
    }

    [Theory]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nbad header: x\r\n\r\n")]
    public async Task Connection_NotHttp_Is400(string sent)
    {
        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendAsync(sent);

        Assert.StartsWith("HTTP/1.1 400", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_ClientLeavesInsideItsBody_NoVendorIsCalledAndTheRouterServesOn()
    {
        await using (var client = await RawClient.ConnectAsync(_router.Address))
            await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{Encoding.UTF8.GetString(ChatBodies.Plain())}");

        Assert.Equal("Echo: Ping.", (await _router.ChatAsync(ChatBodies.Plain("Ping."))).Text);
        Assert.Single(_upstream.Books.Requests);
    }

    private async Task AssertBadRequestAsync(string body, string? param)
    {
        foreach (var path in new[] { "v1/chat/completions", "v1/route" })
        {
            var answer = await _router.PostAsync(path, Encoding.UTF8.GetBytes(body));

            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal("invalid_request_error", (string?)answer.Error!["type"]);
            Assert.Equal("invalid_request", answer.ErrorCode);
            Assert.NotEmpty(answer.ErrorMessage!);
            Assert.Equal("false", answer.Header("x-should-retry"));
            if (param is not null)
            {
                Assert.StartsWith(param, (string?)answer.Error["param"], StringComparison.Ordinal);
                Assert.Contains(param, answer.ErrorMessage, StringComparison.Ordinal);
            }
        }

        Assert.Empty(_upstream.Books.Requests);
    }
}
