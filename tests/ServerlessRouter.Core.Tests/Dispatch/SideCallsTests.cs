using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class SideCallsTests
{
    private const string Question = """{"model":"judge","messages":[{"role":"user","content":"What is it?"}]}""";

    private static readonly LanguageModel Judge = Given.Model("judge");

    private readonly DispatchWorld _world = new();

    [Fact]
    public async Task AskAsync_Answered_GivesTheTextAndChargesTheAsker()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Answers("judge", """{"choices":[{"message":{"content":"{\"task\":\"code\"}"}}]}""", new TokenUsage(100, 10));

        var result = await AskAsync(asker);

        Assert.Equal("""{"task":"code"}""", result.Text);
        var asked = Assert.Single(asker.SideCalls);
        Assert.Equal("second_opinion", asked.Purpose);
        Assert.Equal(0.2m, asked.CostUsd);
        Assert.Equal(0.2m, asker.SpentUsd);
        Assert.Empty(asker.Attempts);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[{"message":{"content":null,"refusal":"no"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":[{"type":"text","text":"x"}]}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""")]
    [InlineData("""{"choices":[7]}""")]
    public async Task AskAsync_AnswerWithoutText_IsAProblemThatStillCosts(string answer)
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Answers("judge", answer, new TokenUsage(100, 10));

        var result = await AskAsync(asker);

        Assert.Null(result.Text);
        Assert.Equal("its answer has no text", result.Problem);
        Assert.Equal(0.2m, asker.SpentUsd);
    }

    [Fact]
    public async Task AskAsync_Fails_IsAValueAndIsNotTriedAgain()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Fails("judge", FailureKind.ServerError);

        var result = await AskAsync(asker);

        Assert.Equal("ServerError of judge", result.Problem);
        Assert.Single(_world.Calls);
        Assert.Equal(0, asker.SpentUsd);
    }

    [Fact]
    public async Task AskAsync_Hangs_EndsAfterItsTime()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Hangs("judge");

        var asking = AskAsync(asker).AsTask();
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("it took more than 2 s", (await asking).Problem);
        Assert.Equal(FailureKind.SideCallTimeout, asker.SideCalls[0].Failure?.Kind);
    }

    [Fact]
    public async Task AskAsync_HangsAsLongAsAFirstTokenMayTake_TheDeploymentIsToBlame()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Hangs("judge");

        var asking = AskAsync(asker, within: RouteLimits.Default.FirstToken).AsTask();
        _world.Time.Advance(RouteLimits.Default.FirstToken);
        await asking;

        Assert.Equal(FailureKind.FirstTokenTimeout, asker.SideCalls[0].Failure?.Kind);
    }

    [Fact]
    public async Task AskAsync_HangsUntilTheAskersTimeIsOver_EndsThenAndTheDeploymentIsNotToBlame()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Hangs("judge");

        var asking = AskAsync(asker, timeLeft: TimeSpan.FromSeconds(0.5)).AsTask();
        _world.Time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal("the time left for it, 0.5 s, passed", (await asking).Problem);
        Assert.Equal(BreakerRule.Ignores, asker.SideCalls[0].Failure?.Traits.Breaker);
    }

    [Fact]
    public async Task AskAsync_CallerLeaves_Throws()
    {
        var asker = _world.Request(false, Given.Model("m"));
        _world.Hangs("judge");

        var asking = AskAsync(asker).AsTask();
        await _world.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(asker.SideCalls[0].HasEnded);
    }

    [Fact]
    public async Task AskAsync_RequestsDemandsForbidTheModel_NoModelIsAsked()
    {
        var asker = Given.Request(_world.Time, [Given.Model("m")], filter: new NoCaller());

        var result = await AskAsync(asker);

        Assert.Equal("the request's own demands allow no deployment of it", result.Problem);
        Assert.Empty(_world.Calls);
        Assert.False(asker.HasSideCalls);
    }

    private ValueTask<SideCallResult> AskAsync(RequestContext asker, TimeSpan? timeLeft = null, TimeSpan? within = null) =>
        new SideCalls(new SideAttempts(new AttemptRunner(_world.CallAsync, _world.Time), null!, _world.Time)).AskAsync(
            new SideCall(asker, "second_opinion", Judge, Encoding.UTF8.GetBytes(Question), within ?? TimeSpan.FromSeconds(2)) { TimeLeft = timeLeft }, _world.Caller.Token);

    private sealed class NoCaller : IDeploymentFilter
    {
        public bool Allows(LanguageModel model, DeploymentModel deployment) => false;

        public int Rank(LanguageModel model, DeploymentModel deployment) => 0;
    }
}
