using System.Net;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class ChatCompletionsTests
{
    private const string Answer = """{"id":"1","choices":[],"usage":{"cost":0.01}}""";

    [Fact]
    public async Task Plain_Completed_IsTheAnswersBytesWithItsLength()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Answer));

        using var response = await server.PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Answer.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfADeployment_SaysInHeadersHowItCameAbout(bool stream)
    {
        var router = new RouterBuilder().Model("mini", model => model.At("azure", "gpt mini é")).Route("auto", route => route.Candidates("mini")).Build();
        await using var server = await HttpServer.StartAsync(router);
        server.Pipeline.Answer = (context, _) =>
        {
            context.Route = router.Routes[0];
            context.CostUsd = 0.00012m;
            server.Time.Advance(TimeSpan.FromMicroseconds(1250));
            context.DispatchedAt = server.Time.GetTimestamp();
            server.Time.Advance(TimeSpan.FromSeconds(3));
            context.Attempts.Add(new AttemptContext(context, router.Models[0], DeploymentChoice.Fresh));
            context.Attempts.Add(new AttemptContext(context, router.Models[0], DeploymentChoice.Fresh) { WasSent = true });
            context.Answered = new AttemptContext(context, router.Models[0], DeploymentChoice.Fresh) { WasSent = true, Deployment = router.Models[0].Deployments[0] };
            context.Attempts.Add(context.Answered);
            return Task.FromResult(stream ? Answers.Streaming(new ScriptedStream().Send("{}").End()) : Answers.Whole(Answer));
        };

        using var response = await server.PostAsync(ChatBodies.For(stream));

        Assert.Equal("mini", Header(response, "x-router-model"));
        Assert.Equal("azure%2Fgpt%20mini%20%C3%A9", Header(response, "x-router-deployment"));
        Assert.Equal("auto", Header(response, "x-router-route"));
        Assert.Equal("2", Header(response, "x-router-attempts"));
        Assert.Equal("test", Header(response, "x-router-config-version"));
        Assert.Equal("router;dur=1.250", Header(response, "Server-Timing"));
        Assert.Equal(stream ? null : "0.00012", Header(response, "x-router-cost"));
    }

    [Fact]
    public async Task Streamed_ToItsEnd_IsEveryBatchAndDone()
    {
        await using var server = await HttpServer.StartAsync();
        var stream = new ScriptedStream().Send("""{"a":1}""").Send("""{"a":2}""").End();
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Streaming(stream));

        using var response = await server.PostAsync(ChatBodies.Streamed());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store, no-cache, private", Header(response, "Cache-Control"));
        Assert.Equal("data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n", await response.Content.ReadAsStringAsync());
        await stream.WaitForDisposalAsync();
    }

    [Fact]
    public async Task Streamed_BrokenOff_EndsWithoutDone()
    {
        await using var server = await HttpServer.StartAsync();
        var stream = new ScriptedStream().Send("""{"error":{}}""").End(new AttemptFailure(FailureKind.CutAfterCommit, "cut"));
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Streaming(stream));

        using var response = await server.PostAsync(ChatBodies.Streamed());

        Assert.Equal("data: {\"error\":{}}\n\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Streamed_FirstBatch_ArrivesBeforeTheSecondIsThere()
    {
        await using var server = await HttpServer.StartAsync();
        var stream = new ScriptedStream().Send("first");
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Streaming(stream));

        using var response = await server.PostAsync(ChatBodies.Streamed());
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("first", (await events.ReadAsync())!.Data);
        stream.Send("second").End();
        Assert.Equal("second", (await events.ReadAsync())!.Data);
        Assert.True((await events.ReadAsync())!.IsDone);
        Assert.Null(await events.ReadAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failed_BeforeAnythingIsSent_IsAPlainError(bool stream)
    {
        await using var server = await HttpServer.StartAsync();
        var error = new RouterError(RouterErrorCode.TemporarilyUnavailable, "NoCaller is there.") { RetryAfter = TimeSpan.FromMilliseconds(1200.4), ExcludedBy = ["max_price: 2"] };
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Failed(error));

        using var response = await server.PostAsync(ChatBodies.For(stream));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("2", Header(response, "Retry-After"));
        Assert.Equal("1201", Header(response, "retry-after-ms"));
        Assert.Null(Header(response, "x-should-retry"));
        Assert.Equal("0", Header(response, "x-router-attempts"));
        await JsonAssert.EqualAsync("""
            {"error":{"message":"NoCaller is there.","type":"server_error","param":null,"code":"temporarily_unavailable",
            "availability":{"code":"temporarily_unavailable","excluded_by":["max_price: 2"]}}}
            """, response);
    }

    [Fact]
    public async Task Failed_WhereRetryCannotHelp_TellsTheClientNotTo()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Failed(RouterError.InvalidRequest("'n' must be 1.", "n")));

        using var response = await server.PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("false", Header(response, "x-should-retry"));
        await JsonAssert.EqualAsync("""{"error":{"message":"'n' must be 1.","type":"invalid_request_error","param":"n","code":"invalid_request"}}""", response);
    }

    [Fact]
    public async Task Failed_ByAVendorsRefusal_IsTheVendorsStatusAndBody()
    {
        const string Refusal = """{"error":{"message":"too hot","type":"invalid_request_error","param":"temperature","code":"odd","vendor":1}}""";
        await using var server = await HttpServer.StartAsync();
        var error = new RouterError(RouterErrorCode.UpstreamRejected, "refused") { Refusal = new UpstreamRefusal(422, System.Text.Encoding.UTF8.GetBytes(Refusal)) };
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Failed(error));

        using var response = await server.PostAsync(ChatBodies.Plain());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(Refusal, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("openai/v1/chat/completions", "auto")]
    [InlineData("openai/deployments/large/chat/completions?api-version=2024-10-21", "large")]
    [InlineData("openai/deployments/a%20b/chat/completions", "a b")]
    [InlineData("openai/deployments/vendor%2Flarge/chat/completions", "vendor/large")]
    public async Task AzurePath_NamesTheModel_WhereItHasAName(string path, string expected)
    {
        await using var server = await HttpServer.StartAsync();
        string? asked = null;
        server.Pipeline.Answer = (context, _) =>
        {
            asked = context.Request.Model;
            return Task.FromResult(Answers.Whole(Answer));
        };

        using var response = await server.PostAsync(ChatBodies.Plain(), path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, asked);
    }

    [Fact]
    public async Task AzurePath_BodyWithoutModel_IsAccepted()
    {
        await using var server = await HttpServer.StartAsync();

        using var response = await server.PostAsync("""{"messages":[{"role":"user","content":"Hi"}]}"""u8.ToArray(), "openai/deployments/large/chat/completions");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task RequestId_SentByTheCaller_IsKept()
    {
        await using var server = await HttpServer.StartAsync();
        string? seen = null;
        server.Pipeline.Answer = (context, _) =>
        {
            seen = context.RequestId;
            return Task.FromResult(Answers.Whole(Answer));
        };
        server.Client.DefaultRequestHeaders.Add("x-request-id", "trace-7/a");

        using var response = await server.PostAsync(ChatBodies.Plain());

        Assert.Equal("trace-7/a", seen);
        Assert.Equal("trace-7/a", Header(response, "x-request-id"));
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("<129>")]
    public async Task RequestId_NotFitForHeadersAndLogs_IsReplaced(string sent)
    {
        await using var server = await HttpServer.StartAsync();
        var unfit = sent == "<129>" ? new string('x', 129) : sent;
        server.Client.DefaultRequestHeaders.TryAddWithoutValidation("x-request-id", unfit);

        using var first = await server.PostAsync(ChatBodies.Plain());
        using var second = await server.PostAsync(ChatBodies.Plain());

        Assert.Matches("^req_[0-9a-z]{22}$", Header(first, "x-request-id"));
        Assert.NotEqual(Header(first, "x-request-id"), Header(second, "x-request-id"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bug_BeforeTheAnswer_IsAnErrorThatNamesTheRequestAndIsLogged(bool stream)
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => throw new InvalidOperationException("boom");

        using var response = await server.PostAsync(ChatBodies.For(stream, prompt: "my secret"));

        var id = Header(response, "x-request-id");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await JsonAssert.EqualAsync(
            $$$"""{"error":{"message":"The router failed. Please report it with the request id {{{id}}}.","type":"server_error","param":null,"code":"internal_error"}}""", response);
        var logged = Assert.Single(server.Log.AtLeast(Microsoft.Extensions.Logging.LogLevel.Warning));
        Assert.True(logged.Mentions(id!) && logged.Exception is InvalidOperationException);
        server.Log.AssertNeverMentions("my secret");
    }

    [Fact]
    public async Task Bug_MidStream_BreaksTheConnectionInsteadOfEndingCleanly()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Streaming(new BuggyStream()));

        await Assert.ThrowsAsync<HttpRequestException>(() => server.PostAsync(ChatBodies.Streamed(), completion: HttpCompletionOption.ResponseContentRead));
    }

    internal static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
