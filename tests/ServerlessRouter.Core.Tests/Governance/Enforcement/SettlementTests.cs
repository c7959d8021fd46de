using ServerlessRouter.Errors;
using ServerlessRouter.Governance.Enforcement;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>What a request gives back on its way out, and what is counted in its place.</summary>
public sealed class SettlementTests
{
    private const int Answer = 50;

    [Fact]
    public async Task Settle_Answered_CountsWhatWasUsed()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Tokens(10_000), LimitScene.Budget(1), LimitScene.Concurrency(2));

        await scene.SendAsync(Answer);

        Assert.Equal([1L, 150L, 600L, 0L], scene.Tier.Limits.Select(limit => scene.Standing(limit).Used));
        Assert.All(scene.Tier.Limits, limit => Assert.Equal(0, scene.Standing(limit).Pending));
    }

    [Fact]
    public async Task Settle_CalledTwice_CountsOnce()
    {
        var scene = new LimitScene(LimitScene.Tokens(10_000));
        var context = scene.Request();
        await scene.BeginAsync(context);
        LimitScene.Answer(context, Answer);

        LimitScene.Settle(context);
        LimitScene.Settle(context);

        Assert.Equal((150, 0), (scene.Standing(scene.Tier.Limits[0]).Used, scene.Standing(scene.Tier.Limits[0]).Pending));
    }

    [Fact]
    public async Task Settle_SeveralAttemptsAndASideCall_CountsThemAll()
    {
        var scene = new LimitScene(LimitScene.Tokens(10_000), LimitScene.Budget(1)) { Models = ["mini", "large"] };
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Answer(context, 10, failure: new AttemptFailure(FailureKind.CutAfterCommit, "cut"));
        LimitScene.Answer(context, 20, candidate: 1);
        context.SideCalls.Add(context.Attempts[0]);
        LimitScene.Settle(context);

        Assert.Equal((110 + 120 + 110, 200 + 3000 + 200), (scene.Standing(scene.Tier.Limits[0]).Used, scene.Standing(scene.Tier.Limits[1]).Used));
    }

    // BerriAI/litellm#30460, #27955: what failed or was left gave nothing back.
    [Fact]
    public async Task Settle_NothingWasSent_GivesEverythingBackButTheRequest()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Tokens(1000), LimitScene.Budget(0.01m), LimitScene.Concurrency(1));
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Settle(context);

        Assert.Equal([1L, 0L, 0L, 0L], scene.Tier.Limits.Select(limit => scene.Standing(limit).Used));
        Assert.Null(await scene.SendAsync());
    }

    [Fact]
    public async Task Settle_RefusedAfterASideCall_ChargesTheSideCall()
    {
        var scene = new LimitScene(LimitScene.Budget(1));
        var context = scene.Request();
        await scene.BeginAsync(context);
        var refused = scene.Request();
        refused.Limits = new LimitTicket(scene.Desk, refused, CallerClaims.Of(refused)!);
        LimitScene.Answer(context, Answer);
        refused.SideCalls.Add(context.Attempts[0]);

        LimitScene.Settle(refused);

        Assert.Equal(600, scene.Standing(scene.Tier.Limits[0]).Used);
    }

    [Theory, InlineData(0.0000004), InlineData(0.0000025)]
    public void Micros_TinyCosts_AddUpToWhatTheyAre(double usd)
    {
        var random = new ServerlessRouter.Testing.Chance.SeededRandomSource(3);
        var sum = 0L;
        for (var count = 0; count < 100_000; count++)
            sum += new RequestUse(1, (decimal)usd).Micros(random);

        Assert.InRange(sum, usd * 100_000 * 1_000_000 * 0.98, usd * 100_000 * 1_000_000 * 1.02);
    }
}
