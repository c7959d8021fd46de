using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What every kind that calls a vendor over HTTP must do besides: errors, cuts, headers and cancellation, over real sockets.</summary>
public abstract class HttpChatProviderSuite : ChatProviderSuite
{
    protected const string Key = "vendor-key";

    protected FakeUpstream Upstream { get; private set; } = null!;

    public static TheoryData<bool> BothWays => [false, true];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Upstream = await FakeUpstream.StartAsync();
        Upstream.RequiredKey = Key;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_Any_NamesTheDeploymentAndSendsNoRoutingFields(bool stream)
    {
        var body = ChatBodies.With(ChatBodies.With(ChatBodies.For(stream), "models", """["a","b"]"""), "provider", """{"sort":"price"}""");

        await ReadToEndAsync(await SendAsync(body));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal(ProviderAttempts.DeploymentName, sent.Model);
        Assert.Null(sent.Json!["models"]);
        Assert.Null(sent.Json["provider"]);
        Assert.Equal(stream, sent.IsStreaming);
    }

    [Fact]
    public async Task Send_CallersHeaders_DoNotGoUpButTheTraceDoes()
    {
        var headers = new CallerHeaders(
            ("authorization", "Bearer callers-key"), ("x-api-key", "callers-key"), ("cookie", "a=b"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        await ReadToEndAsync(await SendAsync(ChatBodies.Plain(), headers: headers));

        var sent = Upstream.Books.Requests[0].Headers;
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", sent["traceparent"]);
        Assert.DoesNotContain(sent, header => header.Value.Contains("callers-key", StringComparison.Ordinal));
        Assert.DoesNotContain("cookie", sent.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Send_Key_StandsWhereTheRowOfTheKindSays()
    {
        var access = Assert.IsType<ProviderAccess>(Kind.Access);

        await ReadToEndAsync(await SendAsync(ChatBodies.Plain()));

        Assert.Equal(access.KeyPrefix + Key, Upstream.Books.Requests[0].Headers[access.KeyHeader]);
    }

    [Fact]
    public async Task Send_ParameterThatTheRowOfTheKindCallsUnsupported_NeverReachesTheVendor()
    {
        foreach (var parameter in Kind.UnsupportedParameters)
        {
            var result = await SendAsync(ChatBodies.With(ChatBodies.Plain(), parameter, "2"));
            if (result.Failure?.Kind != FailureKind.NotExpressible)
                await ReadToEndAsync(result);
        }

        Assert.All(Upstream.Books.Requests, request => Assert.DoesNotContain(Kind.UnsupportedParameters, parameter => request.Json![parameter] is not null));
    }

    public static TheoryData<string, FailureKind> Errors => new()
    {
        { "rate", FailureKind.RateLimited },
        { "key", FailureKind.CredentialRefused },
        { "forbidden", FailureKind.CredentialRefused },
        { "not-found", FailureKind.DeploymentNotFound },
        { "500", FailureKind.ServerError },
        { "502", FailureKind.ServerError },
        { "html", FailureKind.ServerError },
        { "408", FailureKind.ServerError },
        { "409", FailureKind.ServerError },
        { "529", FailureKind.Overloaded },
        { "402", FailureKind.QuotaExhausted },
        { "redirect", FailureKind.DeploymentNotFound },
        { "empty", FailureKind.CutBeforeCommit },
        { "page", FailureKind.CutBeforeCommit },
        { "garbage", FailureKind.CutBeforeCommit },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Send_VendorsError_IsTheRightFailureBothWays(string error, FailureKind expected)
    {
        Upstream.Next(ErrorNamed(error), ErrorNamed(error));

        foreach (var stream in new[] { false, true })
        {
            var failure = await FailureAsync(await SendAsync(ChatBodies.For(stream)));
            Assert.Equal(expected, failure.Kind);
            Assert.Null(failure.Refusal);
            Assert.NotEmpty(failure.Detail);
        }
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_Rejected_CarriesTheRefusalInOpenAIsSchema(bool stream)
    {
        Upstream.Next(Reply.Error(422, "temperature is too hot", "invalid_request_error", "bad_value", "temperature"));

        var failure = await FailureAsync(await SendAsync(ChatBodies.For(stream)));

        Assert.Equal(FailureKind.RequestRejected, failure.Kind);
        Assert.Equal(422, failure.Refusal!.Status);
        var error = JsonNode.Parse(failure.Refusal.Body.Span)!["error"]!;
        Assert.Equal("temperature is too hot", (string?)error["message"]);
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.DoesNotContain("hot", failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_TooLongPrompt_IsContextLengthExceeded(bool stream)
    {
        Upstream.Next(Reply.ContextLengthExceeded());

        var failure = await FailureAsync(await SendAsync(ChatBodies.For(stream)));

        Assert.Equal(FailureKind.ContextLengthExceeded, failure.Kind);
        Assert.Equal("context_length_exceeded", (string?)JsonNode.Parse(failure.Refusal!.Body.Span)!["error"]!["code"]);
    }

    [Fact]
    public async Task Send_RateLimitedWithHints_TellsHowLongToWait()
    {
        Upstream.Next(Reply.RateLimited().RetryAfter(7), Reply.RateLimited().RetryAfterMilliseconds(250), Reply.RateLimited());

        Assert.Equal(TimeSpan.FromSeconds(7), (await SendAsync(ChatBodies.Plain())).Failure!.RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(250), (await SendAsync(ChatBodies.Plain())).Failure!.RetryAfter);
        Assert.Null((await SendAsync(ChatBodies.Plain())).Failure!.RetryAfter);
    }

    [Fact]
    public async Task Send_PortIsClosed_IsConnectFailed()
    {
        using var refused = RefusedEndpoint.Reserve();
        var model = Model(Configure() with { Endpoint = refused.BaseAddress });

        Assert.Equal(FailureKind.ConnectFailed, (await SendAsync(ChatBodies.Plain(), model)).Failure!.Kind);
    }

    [Fact]
    public async Task Send_UnknownHost_IsConnectFailed()
    {
        var model = Model(Configure() with { Endpoint = RefusedEndpoint.UnknownHost });

        Assert.Equal(FailureKind.ConnectFailed, (await SendAsync(ChatBodies.Plain(), model)).Failure!.Kind);
    }

    [Fact]
    public async Task Send_BrokenTls_IsConnectFailed()
    {
        var model = Model(Configure() with { Endpoint = Upstream.BrokenTlsAddress });

        Assert.Equal(FailureKind.ConnectFailed, (await SendAsync(ChatBodies.Plain(), model)).Failure!.Kind);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_ResetBeforeHeaders_IsConnectFailed(bool stream)
    {
        Upstream.Next(Reply.Text("never").ResetAt(ReplyPoint.BeforeHeaders));

        Assert.Equal(FailureKind.ConnectFailed, (await FailureAsync(await SendAsync(ChatBodies.For(stream)))).Kind);
    }

    [Theory]
    [InlineData(false, FailureKind.CutBeforeCommit)]
    [InlineData(true, FailureKind.CutAfterCommit)]
    public async Task Send_CutAfterContent_IsNeverAnAnswer(bool stream, FailureKind expected)
    {
        // Long, so that each cut of a plain answer is inside its text: behind that nothing may be missing.
        var reply = Reply.Stream(new string('x', 4000), "two");
        Upstream.Next(reply.CutAfterChunk(1), reply.ResetAt(ReplyPoint.AfterChunk(1)), reply.CutInsideChunk(2));

        for (var manner = 0; manner < 3; manner++)
            Assert.Equal(expected, (await FailureAsync(await SendAsync(ChatBodies.For(stream)))).Kind);
    }

    [Fact]
    public async Task Send_StreamCutBeforeContent_IsCutBeforeCommit()
    {
        Upstream.Next(Reply.Stream("never").CutAt(ReplyPoint.BeforeFirstToken, CutManner.CleanEnd));

        Assert.Equal(FailureKind.CutBeforeCommit, (await FailureAsync(await SendAsync(ChatBodies.Streamed()))).Kind);
    }

    [Theory]
    [InlineData(0, FailureKind.Overloaded)]
    [InlineData(1, FailureKind.CutAfterCommit)]
    public async Task Send_ErrorInsideTheStream_IsAFailureAndNotAChunk(int afterChunk, FailureKind expected)
    {
        Upstream.Next(Reply.Stream("one ", "two").ErrorAfterChunk(afterChunk, 529, "Overloaded", "overloaded"));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(expected, streamed.Failure!.Kind);
        Assert.All(streamed.Chunks, chunk => Assert.Null(chunk["error"]));
    }

    [Fact]
    public async Task Send_EveryStyleOfEvents_ReadsTheSame()
    {
        var reply = Reply.Stream("Grüße, ", "世界", " 😀").Usage(9, 4);
        Upstream.Next(reply, reply.CrLf(), reply.Comments(), reply.SplitDataLines(), reply.ByteByByte(), reply.Gzip(), reply.CrLf().Comments().SplitDataLines().ByteByByte());

        for (var style = 0; style < 7; style++)
        {
            var streamed = await StreamAsync(ChatBodies.Streamed());
            Assert.Null(streamed.Failure);
            Assert.Equal("Grüße, 世界 😀", streamed.Content);
            Assert.Equal(new TokenUsage(9, 4), streamed.Usage!.Value with { ServiceTier = null });
        }
    }

    [Fact]
    public async Task Send_UsageDetails_AreReadBothWays()
    {
        var reply = Reply.Text("Hello there").Usage(100, 20, cached: 30);
        Upstream.Next(reply, reply);
        var expected = new TokenUsage(100, 20) { CachedTokens = 30 };

        using var answer = await AnswerAsync(ChatBodies.Plain());
        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(expected, answer.Usage!.Value with { ServiceTier = null });
        Assert.Equal(expected, streamed.Usage!.Value with { ServiceTier = null });
    }

    [Fact]
    public async Task Send_CallerDidNotAskForUsage_LearnsItAllTheSame()
    {
        Upstream.Next(Reply.Text("Hello").Usage(10, 5));

        var streamed = await StreamAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        Assert.Equal(new TokenUsage(10, 5), streamed.Usage!.Value with { ServiceTier = null });
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_LengthLimit_IsTold(bool stream)
    {
        Upstream.Next(Reply.Text("Hello").FinishReason("length"));

        var result = await SendAsync(ChatBodies.For(stream));

        Assert.Equal("length", stream ? (await StreamedAnswer.ReadAsync(result.Stream!)).FinishReason : result.Answer!.FinishReason);
        result.Answer?.Dispose();
    }

    [Fact]
    public async Task Send_SeveralToolCalls_KeepTheirOrder()
    {
        Upstream.Next(Reply.Text("Let me look.").AndCall("first", """{"a":1}""").AndCall("second", """{"b":2}"""));

        var streamed = await StreamAsync(ChatBodies.AsStream(ChatBodies.WithTools()));

        Assert.Equal([("first", """{"a":1}"""), ("second", """{"b":2}""")], streamed.ToolCalls);
        Assert.Equal("Let me look.", streamed.Content);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_CancelledWhileWaiting_ClosesTheUpstreamConnection(bool stream)
    {
        var gate = new Gate();
        Upstream.Next(Reply.Text("never").HoldAt(ReplyPoint.BeforeHeaders, gate));
        using var cancel = new CancellationTokenSource();

        var sending = SendAsync(ChatBodies.For(stream), cancellationToken: cancel.Token);
        await gate.WaitForArrivalAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Upstream.WaitForAbortAsync();
    }

    [Fact]
    public async Task Read_Cancelled_ThrowsAndClosesTheUpstreamConnection()
    {
        var gate = new Gate();
        Upstream.Next(Reply.Stream("one ", "two").HoldAt(ReplyPoint.AfterChunk(1), gate));
        using var cancel = new CancellationTokenSource();
        await using var stream = (await SendAsync(ChatBodies.Streamed())).Stream!;
        await gate.WaitForArrivalAsync();

        var reading = ReadAllAsync(stream, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await Upstream.WaitForAbortAsync();
    }

    [Fact]
    public async Task Dispose_WhileReading_EndsTheReadAndTheConnection()
    {
        var gate = new Gate();
        Upstream.Next(Reply.Stream("one ", "two").HoldAt(ReplyPoint.AfterChunk(1), gate));
        var stream = (await SendAsync(ChatBodies.Streamed())).Stream!;
        await gate.WaitForArrivalAsync();
        var reading = ReadAllAsync(stream, CancellationToken.None);

        await stream.DisposeAsync();

        await Patience.WaitAsync(reading, () => "a read to end with its stream");
        await Upstream.WaitForAbortAsync();
    }

    [Fact]
    public async Task Dispose_UnreadStream_ClosesTheUpstreamConnection()
    {
        Upstream.Next(Reply.Stream("one ", "two").HangAt(ReplyPoint.AfterChunk(1)));

        await (await SendAsync(ChatBodies.Streamed())).Stream!.DisposeAsync();

        await Upstream.WaitForAbortAsync();
    }

    [Fact]
    public async Task Send_WrongKey_IsCredentialRefused()
    {
        var model = Model(Configure() with { Credential = new Credential.ApiKey("stale") });

        Assert.Equal(FailureKind.CredentialRefused, (await SendAsync(ChatBodies.Plain(), model)).Failure!.Kind);
    }

    [Fact]
    public async Task Send_ImageAndToolResult_AreAccepted()
    {
        using var image = await AnswerAsync(ChatBodies.WithImage());
        using var result = await AnswerAsync(ChatBodies.WithToolResult());

        Assert.Equal("stop", image.FinishReason);
        Assert.Equal("stop", result.FinishReason);
    }

    protected override void AnswerWithoutReading() => Upstream.Default(Reply.Text("ok").Usage(1, 1));

    protected static async Task<AttemptFailure> FailureAsync(AttemptResult result)
    {
        result.Answer?.Dispose();
        var failure = result.Stream is { } stream ? (await StreamedAnswer.ReadAsync(stream)).Failure : result.Failure;
        Assert.NotNull(failure);
        return failure;
    }

    protected static async Task ReadToEndAsync(AttemptResult result)
    {
        Assert.Null(result.Failure);
        result.Answer?.Dispose();
        if (result.Stream is { } stream)
            Assert.Null((await StreamedAnswer.ReadAsync(stream)).Failure);
    }

    private static async Task ReadAllAsync(ChatStream stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(cancellationToken))
        {
        }
    }

    private static Reply ErrorNamed(string name) => name switch
    {
        "rate" => Reply.RateLimited(),
        "key" => Reply.InvalidKey(),
        "forbidden" => Reply.Forbidden(),
        "not-found" => Reply.DeploymentNotFound(),
        "500" => Reply.Status(500),
        "502" => Reply.Status(502),
        "html" => Reply.HtmlBadGateway(),
        "408" => Reply.Status(408),
        "409" => Reply.Status(409),
        "529" => Reply.Overloaded(),
        "402" => Reply.Status(402),
        "redirect" => Reply.Body("", "text/plain", 307).Header("Location", "http://127.0.0.1:1/"),
        "empty" => Reply.Empty(),
        "page" => Reply.Body("<html>Welcome to the captive portal</html>", "text/html"),
        "garbage" => Reply.Body("{\"choices\":", "application/json"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
