using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;
using static ServerlessRouter.Core.Tests.Dispatch.DispatchWorld;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class DispatchStageTests
{
    private readonly DispatchWorld _world = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_FirstModelAnswers_CallerGetsItAndTheAttemptIsSettled(bool isStream)
    {
        var request = _world.Answers("a", isStream, "hello there").Request(isStream, Given.Model("a"));

        Assert.Equal("hello there", await TextAsync(await _world.RunAsync(request)));

        var attempt = Assert.Single(request.Attempts);
        Assert.Same(attempt, request.Answered);
        Assert.True(attempt.HasEnded);
        Assert.Null(attempt.Failure);
        Assert.Equal(new TokenUsage(Given.PromptTokens, 3) { IsEstimated = true }, attempt.Usage);
        Assert.Equal(0.1m + 0.03m, attempt.CostUsd);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_FirstModelFails_TheNextAnswersInTheSameWay(bool isStream)
    {
        var request = _world.Fails("a", FailureKind.ServerError).Answers("b", isStream, "from b").Request(isStream, Given.Model("a"), Given.Model("b"));

        Assert.Equal("from b", await TextAsync(await _world.RunAsync(request)));

        Assert.Equal([FailureKind.ServerError, null], request.Attempts.Select(attempt => attempt.Failure?.Kind));
        Assert.Equal([AttemptReason.First, AttemptReason.NextModel], request.Attempts.Select(attempt => attempt.Reason));
        Assert.Equal(0, request.Attempts[0].CostUsd);
    }

    [Theory, InlineData(FailureKind.CutBeforeCommit), InlineData(FailureKind.ServerError), InlineData(FailureKind.RateLimited)]
    public async Task InvokeAsync_StreamBreaksBeforeContent_IsReplacedUnseen(FailureKind kind)
    {
        _world.Streaming("a", new StreamMove.Opening(), new StreamMove.Breaks(kind)).Answers("b", true, "from b");
        var request = _world.Request(true, Given.Model("a"), Given.Model("b"));

        Assert.Equal("from b", await TextAsync(await _world.RunAsync(request)));
        Assert.True(_world.Streams[0].IsDisposed);
        Assert.Equal(kind, request.Attempts[0].Failure!.Kind);
    }

    [Fact]
    public async Task InvokeAsync_StreamBreaksAfterContent_IsNotReplacedAndBilledByWhatCame()
    {
        _world.Streaming("a", new StreamMove.Content("12345678"), new StreamMove.Breaks(FailureKind.CutBeforeCommit));
        var request = _world.Request(true, Given.Model("a"), Given.Model("b"));

        var outcome = Assert.IsType<ChatOutcome.Streaming>(await _world.RunAsync(request));
        Assert.Equal("12345678", await TextAsync(outcome));

        Assert.Equal(FailureKind.CutAfterCommit, outcome.Stream.Failure!.Kind);
        Assert.Equal(RouterErrorCode.UpstreamError, request.Error!.Code);
        Assert.Equal(new TokenUsage(Given.PromptTokens, 2) { IsEstimated = true }, Assert.Single(request.Attempts).Usage);
        Assert.Equal(0.12m, request.Attempts[0].CostUsd);
    }

    [Fact]
    public async Task InvokeAsync_StreamEndsProperlyWithoutContent_IsAnEmptyAnswer()
    {
        var request = _world.Streaming("a", new StreamMove.Opening()).Request(true, Given.Model("a"), Given.Model("b"));

        Assert.Equal("", await TextAsync(await _world.RunAsync(request)));
        Assert.Null(Assert.Single(request.Attempts).Failure);
    }

    [Fact]
    public async Task InvokeAsync_VendorReportsUsage_ItIsTaken()
    {
        var usage = new TokenUsage(7, 9) { ReasoningTokens = 4 };
        var request = _world.Streaming("a", new StreamMove.Content("x"), new StreamMove.Reports(usage)).Request(true, Given.Model("a"));

        await TextAsync(await _world.RunAsync(request));
        Assert.Equal(usage, request.Attempts[0].Usage);
    }

    [Fact]
    public async Task InvokeAsync_VendorReportsItsBill_TheBillIsTheCost()
    {
        var request = _world.Answers("a", "x", new TokenUsage(7, 9) { ReportedCostUsd = 1.25m }).Request(false, Given.Model("a"));

        await TextAsync(await _world.RunAsync(request));
        Assert.Equal(1.25m, request.Attempts[0].CostUsd);
    }

    [Fact]
    public async Task InvokeAsync_StreamHangsBeforeContent_TheNextModelAnswersAfterTheFirstTokenLimit()
    {
        _world.Streaming("a", new StreamMove.Opening(), new StreamMove.Hangs()).Answers("b", true, "from b");
        var request = _world.Request(true, Given.Model("a"), Given.Model("b"));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(RouteLimits.Default.FirstToken);
        _world.Time.Advance(RouteLimits.Default.FirstToken);

        Assert.Equal("from b", await TextAsync(await running));
        Assert.Equal(FailureKind.Stalled, request.Attempts[0].Failure!.Kind);
        Assert.True(_world.Streams[0].IsDisposed);
    }

    [Fact]
    public async Task InvokeAsync_PlainCallHangs_HalfTheTimeIsLeftForTheNextModel()
    {
        var request = _world.Hangs("a").Answers("b", false, "from b").Request(false, Given.Model("a"), Given.Model("b"));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(RouteLimits.Default.Deadline / 2);
        _world.Time.Advance(RouteLimits.Default.Deadline / 2);

        Assert.Equal("from b", await TextAsync(await running));
        Assert.Equal(FailureKind.FirstTokenTimeout, request.Attempts[0].Failure!.Kind);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_EverythingHangs_TimesOutNoLaterThanTheDeadline(bool isStream)
    {
        var request = _world.Hangs("a").Hangs("a").Hangs("b").Hangs("b").Request(isStream, Given.Model("a"), Given.Model("b"));

        var failed = Assert.IsType<ChatOutcome.Failed>(await _world.RunThroughAsync(request));

        Assert.Equal(RouterErrorCode.Timeout, failed.Error.Code);
        Assert.False(failed.Error.ShouldRetry);
        Assert.True(_world.Time.GetElapsedTime(request.ReceivedAt) < RouteLimits.Default.Deadline + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ReadAsync_StreamStallsAfterContent_EndsWithAStall()
    {
        var request = _world.Streaming("a", new StreamMove.Content("one"), new StreamMove.Hangs()).Request(true, Given.Model("a"));
        var stream = Assert.IsType<ChatOutcome.Streaming>(await _world.RunAsync(request)).Stream;

        Assert.True(await stream.ReadAsync(_world.Caller.Token));
        var reading = stream.ReadAsync(_world.Caller.Token).AsTask();
        await _world.Time.WaitForTimerDueInAsync(RouteLimits.Default.Stall);
        _world.Time.Advance(RouteLimits.Default.Stall);

        Assert.False(await reading);
        Assert.Equal(FailureKind.StalledAfterCommit, stream.Failure!.Kind);
        Assert.Equal(0.1m + 0.01m, request.Attempts[0].CostUsd);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task InvokeAsync_StreamShowsSignsOfLifeBeforeContent_IsWaitedFor()
    {
        var pause = RouteLimits.Default.FirstToken * 0.6;
        _world.Streaming(
            "a", new StreamMove.Ping(), new StreamMove.Pauses(pause), new StreamMove.Ping(), new StreamMove.Pauses(pause), new StreamMove.Opening(), new StreamMove.Pauses(pause),
            new StreamMove.Content("thought through"));

        Assert.Equal("thought through", await TextAsync(await _world.RunThroughAsync(_world.Request(true, Given.Model("a"), Given.Model("b")))));
    }

    [Fact]
    public async Task InvokeAsync_NothingButSignsOfLife_TheNextModelAnswersAfterTheAttemptsOwnTime()
    {
        _world.Streaming("a", [.. Enumerable.Repeat<StreamMove[]>([new StreamMove.Pauses(TimeSpan.FromSeconds(20)), new StreamMove.Ping()], 50).SelectMany(static pair => pair)])
            .Answers("b", true, "from b");
        var request = _world.Request(true, Given.Model("a"), Given.Model("b"));

        Assert.Equal("from b", await TextAsync(await _world.RunThroughAsync(request)));

        Assert.Equal(FailureKind.Stalled, request.Attempts[0].Failure!.Kind);
        Assert.Contains("attemptSeconds", request.Attempts[0].Failure!.Detail, StringComparison.Ordinal);
        Assert.InRange(_world.Calls[1].At, RouteLimits.Default.Deadline / 2, RouteLimits.Default.Deadline * 0.6);
    }

    public static TheoryData<string, FailureKind?, string> Endings => new()
    {
        { "pings within the time of silence", null, "" },
        { "pings without end", FailureKind.StalledAfterCommit, "idleSeconds" },
        { "empty deltas without end", FailureKind.StalledAfterCommit, "idleSeconds" },
        { "silence", FailureKind.StalledAfterCommit, "stallSeconds" },
        { "content without end", FailureKind.DeadlinePassed, "streamSeconds" },
        { "silence behind the finish reason", null, "" },
        { "pings behind the finish reason", null, "" },
    };

    [Theory, MemberData(nameof(Endings))]
    public async Task ReadAsync_BehindContent_EndsByTheLimitItMeets(string what, FailureKind? kind, string limit)
    {
        StreamMove pause = new StreamMove.Pauses(RouteLimits.Default.Stall * 0.6), ping = new StreamMove.Ping(), finish = new StreamMove.Finish(), more = new StreamMove.Content(" and more");
        _world.Streaming("a", new StreamMove.Content("one"), what switch
        {
            "pings within the time of silence" => [pause, ping, pause, ping, pause, new StreamMove.Content(" two")],
            "pings without end" => Many(pause, ping),
            "empty deltas without end" => Many(pause, new StreamMove.Opening()),
            "silence" => [new StreamMove.Hangs()],
            "content without end" => Many(pause, more),
            "silence behind the finish reason" => [finish, new StreamMove.Hangs()],
            _ => [finish, .. Many(new StreamMove.Pauses(TimeSpan.FromSeconds(0.5)), ping)],
        });
        var request = _world.Request(true, Given.Model("a"));
        var began = _world.Time.GetTimestamp();

        var outcome = Assert.IsType<ChatOutcome.Streaming>(await _world.RunThroughAsync(request));
        var text = await _world.Time.RunThroughAsync(() => TextAsync(outcome), "the end of the stream");

        Assert.StartsWith("one", text, StringComparison.Ordinal);
        Assert.Equal(kind, request.Attempts[0].Failure?.Kind);
        Assert.Contains(limit, request.Attempts[0].Failure?.Detail ?? "", StringComparison.Ordinal);
        Assert.InRange(_world.Time.GetElapsedTime(began), TimeSpan.Zero, RouteLimits.Default.Stream + RouteLimits.Default.Stall);

        static StreamMove[] Many(params StreamMove[] moves) => [.. Enumerable.Repeat(moves, 500).SelectMany(static all => all)];
    }

    [Fact]
    public async Task ReadAsync_CallerIsSlow_TheUpstreamIsNotBlamed()
    {
        var request = _world.Streaming("a", new StreamMove.Content("one"), new StreamMove.Pauses(TimeSpan.FromSeconds(1)), new StreamMove.Content("two"))
            .Request(true, Given.Model("a"));
        var stream = Assert.IsType<ChatOutcome.Streaming>(await _world.RunAsync(request)).Stream;

        Assert.True(await stream.ReadAsync(_world.Caller.Token));
        _world.Time.Advance(TimeSpan.FromHours(1));
        var reading = stream.ReadAsync(_world.Caller.Token).AsTask();
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await reading);
        Assert.False(await stream.ReadAsync(_world.Caller.Token));
        Assert.Null(stream.Failure);
        await stream.DisposeAsync();
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CallerLeavesBeforeTheAnswer_SettlesFreeOfChargeAndRethrows(bool isStream)
    {
        var request = _world.Hangs("a").Request(isStream, Given.Model("a"), Given.Model("b"));

        var running = _world.RunAsync(request).AsTask();
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var attempt = Assert.Single(request.Attempts);
        Assert.Equal(FailureKind.ClientLeft, attempt.Failure!.Kind);
        Assert.Equal(0, attempt.CostUsd);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Fact]
    public async Task ReadAsync_CallerLeavesMidStream_SettlesWhatWasReceived()
    {
        var request = _world.Streaming("a", new StreamMove.Content("12345678"), new StreamMove.Hangs()).Request(true, Given.Model("a"));
        var stream = Assert.IsType<ChatOutcome.Streaming>(await _world.RunAsync(request)).Stream;
        Assert.True(await stream.ReadAsync(_world.Caller.Token));

        var reading = stream.ReadAsync(_world.Caller.Token).AsTask();
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(FailureKind.ClientLeft, request.Attempts[0].Failure!.Kind);
        Assert.Equal(0.12m, request.Attempts[0].CostUsd);
        await stream.DisposeAsync();
        Assert.True(_world.Streams[0].IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_StreamNeverReadToItsEnd_SettlesWhatWasReceived()
    {
        var request = _world.Streaming("a", new StreamMove.Content("1234"), new StreamMove.Content("5678")).Request(true, Given.Model("a"));
        var stream = Assert.IsType<ChatOutcome.Streaming>(await _world.RunAsync(request)).Stream;

        await stream.DisposeAsync();

        Assert.Equal(FailureKind.ClientLeft, request.Attempts[0].Failure!.Kind);
        Assert.Equal(new TokenUsage(Given.PromptTokens, 1) { IsEstimated = true }, request.Attempts[0].Usage);
    }

    [Fact]
    public async Task InvokeAsync_RateLimitedEverywhere_WaitsForTheShortestRetryAfter()
    {
        _world.Fails("a", FailureKind.RateLimited, TimeSpan.FromSeconds(9)).Fails("b", FailureKind.RateLimited, TimeSpan.FromSeconds(3)).Answers("b", false, "late");
        var request = _world.Request(false, Given.Model("a"), Given.Model("b"));

        Assert.Equal("late", await TextAsync(await _world.RunThroughAsync(request, luck: 0)));
        Assert.Equal([("a", 0), ("b", 0), ("b", 3)], _world.Calls.Select(call => (call.Model, (int)Math.Round(call.At.TotalSeconds))));
        Assert.Equal(DeploymentChoice.SameAgain, _world.Calls[2].Choice);
        Assert.Equal([AttemptReason.First, AttemptReason.NextModel, AttemptReason.SameAgain], request.Attempts.Select(attempt => attempt.Reason));
        Assert.Equal("asked before, again after its wait", request.Attempts[2].DeploymentReason);
    }

    /// <summary>Timers cut off what is less than a millisecond: what was left was then waited for without any wait, which kept a processor busy for as long as the clock stood.</summary>
    [Fact]
    public async Task InvokeAsync_BackoffEndsWithinAMillisecond_IsWaitedForOnceAndToItsEnd()
    {
        _world.Fails("a", FailureKind.ServerError).Answers("a", false, "late");

        var running = _world.RunAsync(_world.Request(false, Given.Model("a")), luck: 0.3333).AsTask();
        Assert.Equal(TimeSpan.FromMilliseconds(84), _world.Time.FirstDueIn);
        _world.Time.Advance(TimeSpan.FromMilliseconds(84));

        Assert.Equal("late", await TextAsync(await running));
    }

    [Fact]
    public async Task InvokeAsync_RetryAfterBeyondTheDeadline_TellsTheCallerAtOnce()
    {
        _world.Fails("a", FailureKind.RateLimited, TimeSpan.FromMinutes(10)).Fails("b", FailureKind.RateLimited, TimeSpan.FromMinutes(5));

        var failed = Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(_world.Request(false, Given.Model("a"), Given.Model("b"))));

        Assert.Equal(429, failed.Error.Status);
        Assert.Equal(TimeSpan.FromMinutes(5), failed.Error.RetryAfter);
        Assert.True(failed.Error.ShouldRetry);
    }

    [Theory]
    [InlineData(FailureKind.CredentialRefused, 502)]
    [InlineData(FailureKind.DeploymentNotFound, 502)]
    [InlineData(FailureKind.QuotaExhausted, 503)]
    public async Task InvokeAsync_OnlyAPersonCanMendIt_NeverTheVendorsStatusAndNoRetry(FailureKind kind, int status)
    {
        _world.Fails("a", kind);

        var failed = Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(_world.Request(false, Given.Model("a"))));

        Assert.Equal(status, failed.Error.Status);
        Assert.False(failed.Error.ShouldRetry);
    }

    [Theory]
    [InlineData(FailureKind.RequestRejected, 422)]
    [InlineData(FailureKind.ContentFiltered, 400)]
    [InlineData(FailureKind.ContextLengthExceeded, 400)]
    public async Task InvokeAsync_TheRequestIsAtFault_TheVendorsRefusalReachesTheCaller(FailureKind kind, int status)
    {
        var refusal = new UpstreamRefusal(status, "{}"u8.ToArray());
        _world.Fails("a", kind, refusal: refusal);

        var failed = Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(_world.Request(false, Given.Model("a"), Given.Model("b"))));

        Assert.Same(refusal, failed.Error.Refusal);
        Assert.Equal(status, failed.Error.Status);
        Assert.False(failed.Error.ShouldRetry);
        Assert.Single(_world.Calls);
    }

    [Theory]
    [InlineData("x-litellm-timeout", "2")]
    [InlineData("x-portkey-request-timeout", "2000")]
    public async Task InvokeAsync_HeaderLowersTheDeadline_ItHolds(string header, string value)
    {
        var request = Given.Request(_world.Hangs("a").Time, [Given.Model("a")], headers: (header, value));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(2));
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(504, Assert.IsType<ChatOutcome.Failed>(await running).Error.Status);
        Assert.Equal(FailureKind.DeadlinePassed, request.Attempts[0].Failure!.Kind);
    }

    [Fact]
    public async Task InvokeAsync_HeaderForbidsRetries_OneAttemptIsMade()
    {
        _world.Fails("a", FailureKind.ServerError);

        var request = Given.Request(_world.Time, [Given.Model("a"), Given.Model("b")], headers: ("x-litellm-num-retries", "0"));

        Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(request));
        Assert.Single(_world.Calls);
    }

    [Theory]
    [InlineData("x-litellm-timeout", "soon")]
    [InlineData("x-litellm-timeout", "-1")]
    [InlineData("x-portkey-request-timeout", "NaN")]
    [InlineData("x-litellm-num-retries", "1.5")]
    public async Task InvokeAsync_HeaderIsNoNumber_IsRefusedByName(string header, string value)
    {
        var request = Given.Request(_world.Time, [Given.Model("a")], headers: (header, value));

        var error = Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(request)).Error;

        Assert.Equal(400, error.Status);
        Assert.Contains(header, error.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Calls);
    }

    [Fact]
    public async Task InvokeAsync_MoneyIsSpent_NoFurtherAttempt()
    {
        _world.Streaming("a", new StreamMove.Opening(), new StreamMove.Reports(new TokenUsage(1000, 0)), new StreamMove.Breaks(FailureKind.CutBeforeCommit));
        var request = Given.Request(_world.Time, [Given.Model("a"), Given.Model("b")], isStream: true, limits: RouteLimits.Default with { CostUsd = 1 });

        var failed = Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(request));

        Assert.Equal(RouterErrorCode.UpstreamError, failed.Error.Code);
        Assert.Equal(1, request.Attempts[0].CostUsd);
        Assert.Single(_world.Calls);
    }
}
