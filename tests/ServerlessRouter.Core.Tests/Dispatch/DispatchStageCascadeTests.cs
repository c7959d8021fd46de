using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;
using static ServerlessRouter.Core.Tests.Dispatch.DispatchWorld;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class DispatchStageCascadeTests
{
    private const string Bad = "I don't know, I am afraid.";
    private const string Good = "Paris, the capital.";
    private const string Finish = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";

    private static readonly TokenUsage CheapUsage = new(100, 20);
    private static readonly LanguageModel Cheap = Given.Model("cheap");
    private static readonly LanguageModel Strong = Given.Model("strong");
    private static readonly LanguageModel Judge = Given.Model("judge");

    private readonly DispatchWorld _world = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CheapAnswerIsAccepted_NoOtherModelIsAsked(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Good), isStream);

        Assert.Equal(Good, await ReadAsync(await _world.RunAsync(request)));

        Assert.Equal(CascadeEnding.Accepted, request.CascadeEnding);
        var attempt = Assert.Single(request.Attempts);
        Assert.Same(attempt, request.Answered);
        Assert.Equal(0.3m, request.SpentUsd);
        Assert.All(attempt.Checks!, check => Assert.True(check.Verdict.IsAccepted));
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CheapAnswerIsRejected_TheStrongModelsIsGivenAndBothArePaid(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad).Answers("strong", isStream, Good), isStream);

        Assert.Equal(Good, await TextAsync(await _world.RunAsync(request)));

        Assert.Equal(CascadeEnding.LastStep, request.CascadeEnding);
        Assert.Equal([AttemptReason.First, AttemptReason.NextStep], request.Attempts.Select(attempt => attempt.Reason));
        Assert.Equal("hedging", request.Attempts[0].Rejection!.Value.Check);
        Assert.Null(request.Attempts[0].Failure);
        Assert.Equal(CheapUsage, request.Attempts[0].Usage);
        Assert.Same(request.Attempts[1], request.Answered);
        Assert.All(_world.Streams, stream => Assert.True(stream.IsDisposed));
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_StrongModelIsDown_TheRejectedAnswerIsGiven(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad).Fails("strong", FailureKind.ServerError), isStream);

        Assert.Equal(Bad, await ReadAsync(await _world.RunAsync(request)));

        Assert.Equal(CascadeEnding.HeldBackNothingBetter, request.CascadeEnding);
        Assert.Same(request.Attempts[0], request.Answered);
        Assert.Null(request.Error);
        Assert.Equal(2, _world.Calls.Count);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_StrongModelHangs_TheRejectedAnswerIsGivenWhenTheCascadesTimeIsOver(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad).Hangs("strong"), isStream, deadline: TimeSpan.FromSeconds(3));

        Assert.Equal(Bad, await ReadAsync(await _world.RunThroughAsync(request)));

        Assert.Equal(CascadeEnding.HeldBackOutOfTime, request.CascadeEnding);
        Assert.Equal(FailureKind.DeadlinePassed, request.Attempts[1].Failure!.Kind);
        Assert.InRange(_world.Time.GetElapsedTime(request.ReceivedAt).TotalSeconds, 2.9, 3.1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_StrongModelWouldPassTheMoney_ItIsNotAsked(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad), isStream, costUsd: 1, expectedUsd: 0.8);

        Assert.Equal(Bad, await ReadAsync(await _world.RunAsync(request)));

        Assert.Equal(CascadeEnding.HeldBackOutOfMoney, request.CascadeEnding);
        Assert.Single(_world.Calls);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CheapAnswerIsWorthNothingAndNoOtherModelAnswers_IsAnError(bool isStream)
    {
        var request = Request(Says("cheap", isStream, "").Fails("strong", FailureKind.RequestRejected), isStream);

        Assert.IsType<ChatOutcome.Failed>(await _world.RunAsync(request));

        Assert.Equal("final-answer", request.Attempts[0].Rejection!.Value.Check);
        Assert.Null(request.Answered);
        Assert.All(_world.Streams, stream => Assert.True(stream.IsDisposed));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CheapAnswerIsLongerThanIsKept_IsGivenAsItCame(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad + new string('x', 600)), isStream, bufferBytes: 256);

        Assert.StartsWith(Bad, await ReadAsync(await _world.RunAsync(request)), StringComparison.Ordinal);

        Assert.Equal(CascadeEnding.Unchecked, request.CascadeEnding);
        Assert.Null(Assert.Single(request.Attempts).Checks);
        Assert.Equal(CheapUsage, request.Attempts[0].Usage);
    }

    [Fact]
    public async Task InvokeAsync_CheapStreamIsStillRunningWhenTheTimeIsOver_GoesOnLive()
    {
        _world.Streaming("cheap", Event(Bad), new StreamMove.Pauses(TimeSpan.FromSeconds(5)), Event(" Still"), Event(" here."), new StreamMove.Content(Finish));
        var request = Request(_world, isStream: true, deadline: TimeSpan.FromSeconds(2));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(2));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        var reading = ReadAsync(await running);
        _world.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(Bad + " Still here.", await reading);
        Assert.Equal(CascadeEnding.Unchecked, request.CascadeEnding);
        Assert.Null(request.Attempts[0].Failure);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Fact]
    public async Task DisposeAsync_CallerLeavesAfterTheStreamWentOnLive_SettlesWhatWasReceivedOnce()
    {
        _world.Streaming("cheap", Event(Bad), new StreamMove.Hangs());
        var request = Request(_world, isStream: true, deadline: TimeSpan.FromSeconds(2));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(2));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        var stream = Assert.IsType<ChatOutcome.Streaming>(await running).Stream;
        Assert.True(await stream.ReadAsync(_world.Caller.Token));
        await stream.DisposeAsync();

        Assert.Equal(FailureKind.ClientLeft, request.Attempts[0].Failure!.Kind);
        Assert.True(request.Attempts[0].CostUsd > 0);
        Assert.True(_world.Streams[0].IsDisposed);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Fact]
    public async Task InvokeAsync_CheapStreamBreaksWhileItIsKept_TheStrongModelAnswers()
    {
        _world.Streaming("cheap", Event(Good), new StreamMove.Breaks(FailureKind.CutAfterCommit)).Answers("strong", true, "from strong");
        var request = Request(_world, isStream: true);

        Assert.Equal("from strong", await TextAsync(await _world.RunAsync(request)));
        Assert.Equal(FailureKind.CutBeforeCommit, request.Attempts[0].Failure!.Kind);
        Assert.True(request.Attempts[0].CostUsd > 0);
    }

    [Fact]
    public async Task InvokeAsync_CheapStreamStallsWhileItIsKept_TheStrongModelAnswers()
    {
        _world.Streaming("cheap", Event(Good), new StreamMove.Hangs()).Answers("strong", true, "from strong");
        var request = Request(_world, isStream: true);

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(RouteLimits.Default.Stall);
        _world.Time.Advance(RouteLimits.Default.Stall);

        Assert.Equal("from strong", await TextAsync(await running));
        Assert.Equal(FailureKind.Stalled, request.Attempts[0].Failure!.Kind);
    }

    [Fact]
    public async Task InvokeAsync_CallerLeavesWhileAStreamIsKept_SettlesWhatWasReceived()
    {
        _world.Streaming("cheap", Event(Good), new StreamMove.Hangs());
        var request = Request(_world, isStream: true);

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(RouteLimits.Default.Stall);
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(FailureKind.ClientLeft, Assert.Single(request.Attempts).Failure!.Kind);
        Assert.True(request.SpentUsd > 0);
        Assert.True(_world.Streams[0].IsDisposed);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_CallerLeavesWhileTheStrongModelIsAsked_TheKeptAnswerIsPaidAndGivenUp(bool isStream)
    {
        var request = Request(Says("cheap", isStream, Bad).Hangs("strong"), isStream);

        var running = _world.RunAsync(request).AsTask();
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(0.3m, request.SpentUsd);
        Assert.Equal([null, FailureKind.ClientLeft], request.Attempts.Select(attempt => attempt.Failure?.Kind));
        Assert.All(_world.Streams, stream => Assert.True(stream.IsDisposed));
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Theory]
    [InlineData(false, 8, CascadeEnding.Accepted)]
    [InlineData(true, 8, CascadeEnding.Accepted)]
    [InlineData(false, 3, CascadeEnding.LastStep)]
    [InlineData(true, 3, CascadeEnding.LastStep)]
    public async Task InvokeAsync_JudgeScoresTheAnswer_ItsWordCountsAndIsPaid(bool isStream, int score, CascadeEnding ending)
    {
        Says("cheap", isStream, Good).Answers("judge", Body($$"""{"score":{{score}}}"""), new TokenUsage(50, 5)).Answers("strong", isStream, "from strong");
        var request = Request(_world, isStream, judge: new JudgeModel(Judge, 0.6, TimeSpan.FromSeconds(2)));

        Assert.Equal(ending == CascadeEnding.Accepted ? Good : "from strong", await ReadAsync(await _world.RunAsync(request)));

        Assert.Equal(ending, request.CascadeEnding);
        Assert.Equal(0.1m, Assert.Single(request.SideCalls).CostUsd);
        Assert.Equal("judge", request.SideCalls[0].Purpose);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InvokeAsync_JudgeFailsOrHangs_TheAnswerIsAcceptedAndTheReasonKept(bool hangs)
    {
        Says("cheap", false, Good);
        _ = hangs ? _world.Hangs("judge") : _world.Fails("judge", FailureKind.ServerError);
        var request = Request(_world, false, judge: new JudgeModel(Judge, 0.6, TimeSpan.FromSeconds(2)));

        Assert.Equal(Good, await ReadAsync(await _world.RunThroughAsync(request)));

        Assert.Equal(CascadeEnding.Accepted, request.CascadeEnding);
        Assert.StartsWith("the judge gave no verdict", request.Attempts[0].Checks![^1].Verdict.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, FailureKind.DeadlinePassed)]
    [InlineData(10, FailureKind.SideCallTimeout)]
    public async Task InvokeAsync_JudgeHangs_CountsAgainstJudgingOnlyWhereItHadAllItsTime(int deadlineSeconds, FailureKind failure)
    {
        Says("cheap", false, Good).Hangs("judge");
        var request = Request(_world, false, TimeSpan.FromSeconds(deadlineSeconds), judge: new JudgeModel(Judge, 0.6, TimeSpan.FromSeconds(2)));

        await ReadAsync(await _world.RunThroughAsync(request));

        Assert.Equal(failure, Assert.Single(request.SideCalls).Failure?.Kind);
    }

    [Fact]
    public async Task InvokeAsync_CallerLeavesWhileTheJudgeIsAsked_TheAnswerIsPaidAndGivenUp()
    {
        var request = Request(Says("cheap", true, Good).Hangs("judge"), true, judge: new JudgeModel(Judge, 0.6, TimeSpan.FromSeconds(2)));

        var running = _world.RunAsync(request).AsTask();
        await _world.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(2));
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(0.3m, request.SpentUsd);
        Assert.True(_world.Streams[0].IsDisposed);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Body(string text) => $$"""{"choices":[{"index":0,"message":{"content":{{Json(text)}}},"finish_reason":"stop"}]}""";

    private static StreamMove.Content Event(string text) => new($$$"""data: {"choices":[{"index":0,"delta":{"content":{{{Json(text)}}}}}]}""" + "\n\n");

    private DispatchWorld Says(string model, bool isStream, string text) => isStream
        ? _world.Streaming(model, Event(text[..(text.Length / 2)]), Event(text[(text.Length / 2)..]), new StreamMove.Content(Finish), new StreamMove.Reports(CheapUsage))
        : _world.Answers(model, Body(text), CheapUsage);

    /// <summary>The content of an answer as <see cref="Says"/> gives it, or its bare text.</summary>
    private static async Task<string> ReadAsync(ChatOutcome outcome)
    {
        var read = await TextAsync(outcome);
        var choices = read.StartsWith("data:", StringComparison.Ordinal) ? AnswerReader.OfEvents(System.Text.Encoding.UTF8.GetBytes(read))
            : read.StartsWith('{') ? AnswerReader.OfBody(System.Text.Encoding.UTF8.GetBytes(read)) : null;
        return choices is null ? read : System.Text.Encoding.UTF8.GetString(Assert.Single(choices).Text.Span);
    }

    private static RequestContext Request(
        DispatchWorld world, bool isStream, TimeSpan? deadline = null, decimal? costUsd = null, double expectedUsd = 0, int bufferBytes = 4096, JudgeModel? judge = null)
    {
        var request = world.Request(isStream, Cheap, Strong);
        var cascade = new CascadeModel
        {
            Steps = [Cheap, Strong],
            Checks = [.. AnswerCheckNames.All],
            Judge = judge,
            CostUsd = costUsd,
            Deadline = deadline,
            BufferBytes = bufferBytes,
        };
        request.Plan = request.Plan with
        {
            Candidates = [request.Plan.Candidates[0], request.Plan.Candidates[1] with { CostUsd = expectedUsd }],
            Cascade = new CascadePlan(cascade, 2, []),
        };
        return request;
    }
}
