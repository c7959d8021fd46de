using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>An operator who looks at <c>router.requests</c> finds each answered call of a model once, also one that the pipeline, which counts by itself, never saw.</summary>
public sealed class RefusedRequestTests : IAsyncLifetime, IDisposable
{
    private const string Key = "a-callers-s3cret-key";
    private const string Guess = "a-gu3ss-of-a-key";

    private MeterListener _listener = null!;
    private readonly List<string> _outcomes = [];
    private HttpServer _server = null!;

    public Task InitializeAsync() => StartAsync(new RouterBuilder().Model("mini").Key(Key, "caller").Build());

    private async Task StartAsync(RouterModel router)
    {
        _server = await HttpServer.StartAsync(router);
        _listener = new MeterListener();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _server.Metrics.Meter && instrument.Name == "router.requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (_outcomes)
                _outcomes.AddRange(Enumerable.Repeat(string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")), (int)value));
        });
        _listener.Start();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("openai/v1/chat/completions")]
    [InlineData("openai/deployments/mini/chat/completions")]
    [InlineData("v1/messages")]
    [InlineData("v1/responses")]
    [InlineData("v1/embeddings")]
    [InlineData("openai/deployments/mini/embeddings")]
    public async Task Body_ThatCannotBeRead_IsCountedOnceAtEveryDoor(string path)
    {
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(path, "no JSON"));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(path, ""));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(path, "{}", ("content-encoding", "zip")));

        Assert.Equal(["router.outcome=invalid_request", "router.outcome=invalid_request", "router.outcome=unsupported_media_type"], Outcomes);
    }

    [Fact]
    public async Task Body_ThatIsTooLarge_IsCountedOnce()
    {
        var answer = await _server.SendRawAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: {Key}\r\nContent-Length: 999999999\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Equal(["router.outcome=payload_too_large"], Outcomes);
    }

    [Fact]
    public async Task Body_ThatIsNoHttp_IsCountedOnce()
    {
        var answer = await _server.SendRawAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: {Key}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(["router.outcome=invalid_request"], Outcomes);
    }

    [Fact]
    public async Task Page_FromElsewhere_IsCountedOnce()
    {
        await _server.DisposeAsync();
        _listener.Dispose();
        await StartAsync(new RouterBuilder().Model("mini").Build());

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("v1/chat/completions", "{}", ("origin", "https://elsewhere.example")));

        Assert.Equal(["router.outcome=permission_denied"], Outcomes);
    }

    [Fact]
    public async Task WrongKey_BeyondThoseThatWait_IsCountedOnce()
    {
        _server.Pipeline.Answer = static (_, _) => Task.FromResult<ChatOutcome>(new ChatOutcome.Failed(new RouterError(RouterErrorCode.InvalidApiKey, "It is not known.")));
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("v1/chat/completions", "{}", ("x-api-key", Guess)));
        var others = _server.Time.ArmedTimers;
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => SendAsync("v1/chat/completions", "{}", ("x-api-key", Guess))).ToArray();
        await _server.Time.WaitForTimersAsync(others + WrongKeys.MaxHeld);

        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync("v1/chat/completions", "{}", ("x-api-key", Guess)));

        // What the pipeline refuses, it counts.
        Assert.Equal(["router.outcome=rate_limit_exceeded"], Outcomes);
        _server.Time.Advance(WrongKeys.MaxDelay);
        await Task.WhenAll(held);
    }

    [Theory]
    [InlineData("v1/chat/completions", """{"model":"mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("v1/chat/completions", """{"model":"none","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("v1/responses", """{"model":"none","background":true,"input":"Hi"}""")]
    public async Task LaterAnswer_ThatIsRefusedNow_IsCountedOnce(string path, string body)
    {
        _server.Pipeline.Plan = static context => context.Request.Model == "none" ? new RouterError(RouterErrorCode.ModelNotFound, "There is none.") : null;

        var status = await SendAsync(path, body, ("prefer", "respond-async"));

        Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{status}");
        Assert.Equal([$"router.outcome={(status == HttpStatusCode.NotFound ? "model_not_found" : "invalid_request")}"], Outcomes);
    }

    [Fact]
    public async Task LaterAnswer_ThatIsAccepted_IsCountedWhenItEnds()
    {
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("v1/chat/completions", Encoding.UTF8.GetString(ChatBodies.Plain(model: "mini")), ("prefer", "respond-async")));

        Assert.Empty(Outcomes);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Bug_IsCountedOnceWhereverItIs(bool hasPipelineCounted)
    {
        _server.Pipeline.Answer = (context, _) =>
        {
            context.SettledAt = hasPipelineCounted ? 1 : 0;
            throw new InvalidOperationException("a bug");
        };

        Assert.Equal(HttpStatusCode.InternalServerError, await SendAsync("v1/chat/completions", Encoding.UTF8.GetString(ChatBodies.Plain(model: "mini"))));

        Assert.Equal(hasPipelineCounted ? [] : ["router.outcome=internal_error"], Outcomes);
    }

    [Theory]
    [InlineData("v1/route")]
    [InlineData("v1/feedback")]
    [InlineData("v1/messages/count_tokens")]
    [InlineData("v1/batches")]
    public async Task Body_OfWhatCallsNoModel_IsNotCounted(string path)
    {
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(path, "no JSON"));

        Assert.Empty(Outcomes);
    }

    private IReadOnlyList<string> Outcomes
    {
        get
        {
            lock (_outcomes)
                return [.. _outcomes];
        }
    }

    private async Task<HttpStatusCode> SendAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (!headers.Any(static header => header.Name == "x-api-key"))
            request.Headers.Add("x-api-key", Key);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _server.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
