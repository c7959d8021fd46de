using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>Requests that are answered in several steps take from limits what each step uses.</summary>
public sealed class StepReservationTests
{
    private readonly LimitScene _scene = new(LimitScene.Requests(10), LimitScene.Tokens(10_000), LimitScene.Budget(0.01m), LimitScene.Concurrency(1));

    [Fact]
    public async Task Begin_Planned_CountsTheRequestAndHoldsNothing()
    {
        _scene.Resume = new GivenStep(makesCall: false);

        Assert.Null(await _scene.BeginAsync(_scene.Request()));

        Assert.Equal([(1L, 0L), (0L, 0L), (0L, 0L), (0L, 0L)], Standings());
    }

    [Fact]
    public async Task Step_MakesACall_TakesWhatIsNewAndNoFurtherRequest()
    {
        _scene.Resume = new GivenStep(makesCall: true);
        var context = _scene.Request();
        context.Plan = LimitScene.PlanOf(context);
        LimitScene.Answer(context, 500);
        var held = 0L;

        await _scene.StepAsync(context, stepped =>
        {
            held = _scene.Standing(_scene.Tier.Limits[3]).Pending;
            LimitScene.Answer(stepped, 50);
        });

        Assert.Equal(1, held);
        Assert.Equal([(0L, 0L), (150L, 0L), (600L, 0L), (0L, 0L)], Standings());
    }

    [Fact]
    public async Task Step_ChecksAnAnswer_IsChargedForWhatItAsked()
    {
        _scene.Resume = new GivenStep(makesCall: false);
        var context = _scene.Request();

        await _scene.StepAsync(context, static stepped =>
        {
            LimitScene.Answer(stepped, 50);
            stepped.SideCalls.Add(stepped.Attempts[0]);
            stepped.Attempts.Clear();
        });

        Assert.Equal([(0L, 0L), (150L, 0L), (600L, 0L), (0L, 0L)], Standings());
    }

    [Fact]
    public async Task Step_IsThrottled_IsNotMadeAndComesBack()
    {
        await _scene.BeginAsync(_scene.Request());
        _scene.Resume = new GivenStep(makesCall: true);
        var context = _scene.Request();

        var outcome = await _scene.StepAsync(context, static _ => Assert.Fail("The step was made."));

        Assert.IsType<ChatOutcome.Unfinished>(outcome);
        Assert.Equal(TimeSpan.FromSeconds(1), context.ResumePoint!.ComeBackAfter);
    }

    [Fact]
    public async Task Step_BudgetIsSpent_Fails()
    {
        await _scene.SendAsync(answerTokens: 2000);
        _scene.Resume = new GivenStep(makesCall: true);

        var outcome = await _scene.StepAsync(_scene.Request(), static _ => Assert.Fail("The step was made."));

        Assert.Equal(RouterErrorCode.InsufficientQuota, Assert.IsType<ChatOutcome.Failed>(outcome).Error.Code);
    }

    [Fact]
    public async Task Step_Breaks_GivesBackWhatItHeld()
    {
        _scene.Resume = new GivenStep(makesCall: true);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _scene.StepAsync(_scene.Request(), static _ => throw new InvalidOperationException("a bug")));

        Assert.All(Standings(), static standing => Assert.Equal((0, 0), standing));
    }

    private IEnumerable<(long Used, long Pending)> Standings() => _scene.Tier.Limits.Select(limit => (_scene.Standing(limit).Used, _scene.Standing(limit).Pending));

    private sealed class GivenStep(bool makesCall) : ResumePoint
    {
        public override bool MakesCall => makesCall;
    }
}
