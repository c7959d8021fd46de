using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class DispatchCoreTests
{
    public static TheoryData<FailureKind> Moving =>
    [
        FailureKind.ConnectFailed, FailureKind.ServerError, FailureKind.Overloaded, FailureKind.CutBeforeCommit, FailureKind.RateLimited, FailureKind.QuotaExhausted,
        FailureKind.CredentialRefused, FailureKind.DeploymentNotFound, FailureKind.FirstTokenTimeout, FailureKind.Stalled, FailureKind.NotExpressible,
    ];

    public static TheoryData<FailureKind, RouterErrorCode> Final => new()
    {
        { FailureKind.RequestRejected, RouterErrorCode.UpstreamRejected },
        { FailureKind.ContentFiltered, RouterErrorCode.ContentFilter },
        { FailureKind.CutAfterCommit, RouterErrorCode.UpstreamError },
        { FailureKind.StalledAfterCommit, RouterErrorCode.Timeout },
        { FailureKind.DeadlinePassed, RouterErrorCode.Timeout },
        { FailureKind.ClientLeft, RouterErrorCode.ClientClosedRequest },
    };

    [Fact]
    public void Next_NothingHappenedYet_TriesTheFirstCandidate()
    {
        var step = CoreWorld.Of(2).Next();

        Assert.Equal((DispatchStepKind.Attempt, 0, DeploymentChoice.Fresh, AttemptReason.First), (step.Kind, step.Candidate, step.Choice, step.Reason));
    }

    [Fact]
    public void Next_NoCandidates_GivesUp() => Assert.Equal(RouterErrorCode.NoEndpoints, CoreWorld.Of(0).Next().Error);

    [Fact]
    public void Next_LastAttemptAnswered_AcceptsIt() => Assert.Equal(DispatchStepKind.Accept, CoreWorld.Of(1).Failed(0, kind: null).Next().Kind);

    [Theory, MemberData(nameof(Moving))]
    public void Next_AnotherDeploymentIsLeft_TriesItAtOnce(FailureKind kind)
    {
        var step = CoreWorld.Of(2, deployments: 2).Failed(0, kind, othersUntried: 1, retryAfter: TimeSpan.FromSeconds(1)).Next();

        Assert.Equal((DispatchStepKind.Attempt, 0, DeploymentChoice.Fresh, AttemptReason.OtherDeployment), (step.Kind, step.Candidate, step.Choice, step.Reason));
    }

    [Theory, MemberData(nameof(Moving))]
    public void Next_NoOtherDeploymentIsLeft_TriesTheNextModelAtOnce(FailureKind kind)
    {
        var step = CoreWorld.Of(2).Failed(0, kind, retryAfter: TimeSpan.FromSeconds(1)).Next();

        Assert.Equal((DispatchStepKind.Attempt, 1, AttemptReason.NextModel), (step.Kind, step.Candidate, step.Reason));
    }

    [Theory, MemberData(nameof(Final))]
    public void Next_FailureHoldsEverywhere_GivesUpWithIt(FailureKind kind, RouterErrorCode code)
    {
        var step = CoreWorld.Of(2, deployments: 2).Failed(0, kind, othersUntried: 1).Next();

        Assert.Equal((DispatchStepKind.GiveUp, code, 0), (step.Kind, step.Error, step.Blamed));
        Assert.False(step.ShouldRetry);
    }

    [Theory]
    [InlineData(FailureKind.ConnectFailed), InlineData(FailureKind.ServerError), InlineData(FailureKind.Overloaded), InlineData(FailureKind.CutBeforeCommit)]
    public void Next_NothingElseIsLeft_TheSameDeploymentAfterBackoff(FailureKind kind)
    {
        var world = CoreWorld.Of(1).Failed(0, kind, deployment: 3, luck: 0.5);

        var wait = world.Next();
        Assert.Equal((DispatchStepKind.Wait, DispatchBackoff.First * 0.5), (wait.Kind, wait.Within));

        world.Elapsed += wait.Within;
        var again = world.Next();
        Assert.Equal((DispatchStepKind.Attempt, DeploymentChoice.SameAgain, 3), (again.Kind, again.Choice, again.Deployment));
    }

    [Theory]
    [InlineData(FailureKind.QuotaExhausted), InlineData(FailureKind.CredentialRefused), InlineData(FailureKind.DeploymentNotFound)]
    [InlineData(FailureKind.FirstTokenTimeout), InlineData(FailureKind.Stalled)]
    public void Next_SameDeploymentCannotHelp_GivesUp(FailureKind kind) =>
        Assert.Equal(DispatchStepKind.GiveUp, CoreWorld.Of(1).Failed(0, kind, retryAfter: TimeSpan.FromSeconds(1)).Next().Kind);

    [Fact]
    public void Next_BackoffGrowsWithEachFailure_UpToTheLongest()
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 1)) { Limits = RouteLimits.Default with { Attempts = 9, Deadline = TimeSpan.FromHours(1) } };
        var waits = new List<TimeSpan>();
        for (var failure = 0; failure < 8; failure++)
        {
            world.Failed(0, FailureKind.ServerError, choice: failure == 0 ? DeploymentChoice.Fresh : DeploymentChoice.SameAgain, luck: 0.999999);
            waits.Add(world.Next().Within);
            world.Elapsed += waits[^1];
        }

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 8, 8], waits.Select(wait => Math.Round(wait.TotalSeconds, 3)));
    }

    [Fact]
    public void Next_RateLimitedWithAHint_NeverComesBackEarlier()
    {
        var wait = CoreWorld.Of(1).Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(20), luck: 0.99).Next();

        Assert.Equal(DispatchStepKind.Wait, wait.Kind);
        Assert.InRange(wait.Within, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(22));
    }

    [Fact]
    public void Next_RateLimitedWithoutAHint_WaitsItsOwnBackoff()
    {
        var wait = CoreWorld.Of(1).Failed(0, FailureKind.RateLimited, luck: 0).Next();

        Assert.Equal((DispatchStepKind.Wait, DispatchBackoff.FirstWithoutHint), (wait.Kind, wait.Within));
    }

    [Fact]
    public void Next_WaitWouldPassTheDeadline_GivesUpWithTheVendorsHint()
    {
        var step = CoreWorld.Of(1).Failed(0, FailureKind.RateLimited, retryAfter: RouteLimits.Default.Deadline).Next();

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.CapacityExhausted, RouteLimits.Default.Deadline), (step.Kind, step.Error, step.RetryAfter));
        Assert.True(step.ShouldRetry);
    }

    [Fact]
    public void Next_SeveralMayBeAskedAgain_TheOneDueFirst()
    {
        var world = CoreWorld.Of(2)
            .Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(9))
            .Failed(1, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(2), luck: 0);
        world.Elapsed += world.Next().Within;

        Assert.Equal((1, DeploymentChoice.SameAgain), (world.Next().Candidate, world.Next().Choice));
    }

    [Fact]
    public void Next_PromptTooLong_OnlyALargerWindowMayFollow()
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 2), new DispatchCandidate(8000, 1), new DispatchCandidate(4000, 1), new DispatchCandidate(16000, 1));

        Assert.Equal(3, world.Failed(0, FailureKind.ContextLengthExceeded, othersUntried: 1).Next().Candidate);
        var end = world.Failed(3, FailureKind.ContextLengthExceeded).Next();
        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.ContextLengthExceeded), (end.Kind, end.Error));
    }

    [Fact]
    public void Next_PromptTooLongForALaterModel_AnEarlierSmallerOneIsNotAskedAgain()
    {
        var world = new CoreWorld(new DispatchCandidate(4000, 1), new DispatchCandidate(8000, 1));

        Assert.Equal(DispatchStepKind.GiveUp, world.Failed(0, FailureKind.ServerError).Failed(1, FailureKind.ContextLengthExceeded).Next().Kind);
    }

    [Fact]
    public void Next_ContentFilterAndTheRouteAllows_TheNextModel()
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 2), new DispatchCandidate(8000, 1)) { MovesOnAfterContentFilter = true };

        Assert.Equal(1, world.Failed(0, FailureKind.ContentFiltered, othersUntried: 1).Next().Candidate);
        Assert.Equal(RouterErrorCode.ContentFilter, world.Failed(1, FailureKind.ContentFiltered).Next().Error);
    }

    [Fact]
    public void Next_EveryBreakerIsOpen_TriesTheLeastBadOnce()
    {
        var world = CoreWorld.Of(2)
            .Failed(0, FailureKind.NoDeployment, retryAfter: TimeSpan.FromSeconds(60))
            .Failed(1, FailureKind.NoDeployment, retryAfter: TimeSpan.FromSeconds(5));

        var step = world.Next();
        Assert.Equal((1, DeploymentChoice.LeastBad, AttemptReason.LastResort), (step.Candidate, step.Choice, step.Reason));

        var end = world.Failed(1, FailureKind.ServerError, choice: DeploymentChoice.LeastBad).Next();
        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.UpstreamError), (end.Kind, end.Error));
    }

    [Fact]
    public void Next_EveryDeploymentIsForbidden_GivesUpAsUnavailable() =>
        Assert.Equal(RouterErrorCode.TemporarilyUnavailable, CoreWorld.Of(1).Failed(0, FailureKind.NoDeployment).Next().Error);

    [Fact]
    public void Next_SomeFailedForGood_TheFailureThatTimeMendsIsTold()
    {
        var world = CoreWorld.Of(2).Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromMinutes(9)).Failed(1, FailureKind.NotExpressible);

        Assert.Equal((RouterErrorCode.CapacityExhausted, TimeSpan.FromMinutes(9)), (world.Next().Error, world.Next().RetryAfter));
    }

    [Fact]
    public void Next_TimePassedSinceTheHint_TheCallerWaitsOnlyForTheRest()
    {
        var world = CoreWorld.Of(2).Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromMinutes(9));
        world.Elapsed += TimeSpan.FromSeconds(60);

        Assert.Equal(TimeSpan.FromMinutes(8), world.Failed(1, FailureKind.NotExpressible).Next().RetryAfter);
    }

    [Theory, InlineData(2, 30), InlineData(9, 2)]
    public void Next_AttemptsOrDeadlineSpentOnARateLimit_TheCallerIsNotToRepeatThem(int attempts, int deadlineSeconds)
    {
        var second = TimeSpan.FromSeconds(1);
        var world = new CoreWorld(new DispatchCandidate(8000, 1))
        {
            Limits = RouteLimits.Default with { Attempts = attempts, Deadline = TimeSpan.FromSeconds(deadlineSeconds) },
        };
        world.Failed(0, FailureKind.RateLimited, retryAfter: second, luck: 0);
        world.Elapsed += world.Next().Within;

        var end = world.Failed(0, FailureKind.RateLimited, retryAfter: second, choice: DeploymentChoice.SameAgain, luck: 0).Next();

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.CapacityExhausted, second), (end.Kind, end.Error, end.RetryAfter));
        Assert.False(end.ShouldRetry);
    }

    [Fact]
    public void Next_VendorAskedToWaitOnceMore_TheLatestWordHolds()
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 1)) { Limits = RouteLimits.Default with { Attempts = 2 } };
        world.Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(1), luck: 0);
        world.Elapsed += world.Next().Within;
        world.Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(7), choice: DeploymentChoice.SameAgain);
        world.Elapsed += TimeSpan.FromSeconds(2);

        Assert.Equal(TimeSpan.FromSeconds(5), world.Next().RetryAfter);
    }

    [Theory]
    [InlineData(FailureKind.ServerError, RouterErrorCode.UpstreamError)]
    [InlineData(FailureKind.Overloaded, RouterErrorCode.TemporarilyUnavailable)]
    [InlineData(FailureKind.CredentialRefused, RouterErrorCode.UpstreamError)]
    [InlineData(FailureKind.QuotaExhausted, RouterErrorCode.TemporarilyUnavailable)]
    public void Next_LastResortFails_TheAnswerIsTheSameAsBeforeTheBreakerOpened(FailureKind kind, RouterErrorCode code)
    {
        var end = CoreWorld.Of(1).Failed(0, FailureKind.NoDeployment, retryAfter: TimeSpan.FromMinutes(5)).Failed(0, kind, choice: DeploymentChoice.LeastBad).Next();

        Assert.Equal((DispatchStepKind.GiveUp, code, null), (end.Kind, end.Error, end.RetryAfter));
        Assert.False(end.ShouldRetry);
    }

    [Fact]
    public void Next_LastResortIsAtItsLimit_TheVendorsHintAndARetryHelps()
    {
        var beyond = RouteLimits.Default.Deadline;
        var end = CoreWorld.Of(1)
            .Failed(0, FailureKind.NoDeployment, retryAfter: TimeSpan.FromMinutes(9))
            .Failed(0, FailureKind.RateLimited, retryAfter: beyond, choice: DeploymentChoice.LeastBad).Next();

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.CapacityExhausted, beyond), (end.Kind, end.Error, end.RetryAfter));
        Assert.True(end.ShouldRetry);
    }

    [Fact]
    public void Next_LastResortIsToldAMomentInTime_ItIsWaitedFor()
    {
        var world = CoreWorld.Of(1)
            .Failed(0, FailureKind.NoDeployment, retryAfter: TimeSpan.FromMinutes(9))
            .Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(4), choice: DeploymentChoice.LeastBad, luck: 0);

        Assert.Equal((DispatchStepKind.Wait, TimeSpan.FromSeconds(4)), (world.Next().Kind, world.Next().Within));
        world.Elapsed += TimeSpan.FromSeconds(4);
        Assert.Equal((DispatchStepKind.Attempt, AttemptReason.SameAgain), (world.Next().Kind, world.Next().Reason));
    }

    [Fact]
    public void Next_ARateLimitEndsInTime_ItIsWaitedForBeforeAnyLastResort()
    {
        var world = CoreWorld.Of(2).Refused(0, TimeSpan.FromSeconds(9)).Refused(1, TimeSpan.FromSeconds(2));

        Assert.Equal((DispatchStepKind.Wait, TimeSpan.FromSeconds(2)), (world.Next().Kind, world.Next().Within));
        world.Elapsed += TimeSpan.FromSeconds(2);
        var step = world.Next();
        Assert.Equal((DispatchStepKind.Attempt, 1, DeploymentChoice.Fresh, AttemptReason.Reopened), (step.Kind, step.Candidate, step.Choice, step.Reason));
    }

    [Fact]
    public void Next_ARateLimitEndsTooLate_TheLastResortAtOnce()
    {
        var step = CoreWorld.Of(1).Refused(0, RouteLimits.Default.Deadline).Next();

        Assert.Equal((DispatchStepKind.Attempt, AttemptReason.LastResort), (step.Kind, step.Reason));
    }

    [Fact]
    public void Next_TheBreakersEndIsAGuess_TheLastResortAtOnceAndThenTheWait()
    {
        var world = CoreWorld.Of(1).Refused(0, TimeSpan.FromSeconds(5), isGuessed: true);

        Assert.Equal(AttemptReason.LastResort, world.Next().Reason);
        world.Failed(0, FailureKind.ServerError, choice: DeploymentChoice.LeastBad, luck: 0);
        Assert.Equal((DispatchStepKind.Wait, TimeSpan.FromSeconds(5)), (world.Next().Kind, world.Next().Within));
        world.Elapsed += TimeSpan.FromSeconds(5);
        Assert.Equal((DeploymentChoice.SameAgain, AttemptReason.SameAgain), (world.Next().Choice, world.Next().Reason));
    }

    /// <summary>A caller slept for its Retry-After, woke to a breaker that another's 429 had opened anew, and gave up.</summary>
    [Fact]
    public void Next_TheBreakerOpenedAnewMeanwhile_ItIsWaitedForAgain()
    {
        var world = CoreWorld.Of(1).Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(1), luck: 0);
        world.Elapsed += world.Next().Within;
        world.Failed(0, FailureKind.NoDeployment, choice: DeploymentChoice.SameAgain, retryAfter: TimeSpan.FromSeconds(0.4), opensIn: TimeSpan.FromSeconds(0.4), luck: 0);

        Assert.Equal((DispatchStepKind.Wait, TimeSpan.FromSeconds(0.4)), (world.Next().Kind, world.Next().Within));
        world.Elapsed += world.Next().Within;
        Assert.Equal((DispatchStepKind.Attempt, DeploymentChoice.SameAgain), (world.Next().Kind, world.Next().Choice));
    }

    [Fact]
    public void Next_AnotherDeploymentOpensBeforeTheFailedOneMayBeAsked_TheOther()
    {
        var world = CoreWorld.Of(1, deployments: 2)
            .Failed(0, FailureKind.RateLimited, retryAfter: TimeSpan.FromSeconds(9), opensIn: TimeSpan.FromSeconds(1), luck: 0);
        world.Elapsed += world.Next().Within;

        Assert.Equal((TimeSpan.FromSeconds(1), DeploymentChoice.Fresh, AttemptReason.Reopened), (world.Elapsed, world.Next().Choice, world.Next().Reason));
    }

    [Fact]
    public void Next_OpenAgainAndAgain_TheWaitsEnd()
    {
        var world = CoreWorld.Of(1);
        var waits = new List<TimeSpan>();
        for (var refusal = 1; refusal <= DispatchCore.MaxRefusals; refusal++)
        {
            waits.Add(world.Refused(0, TimeSpan.FromSeconds(1), luck: 0.999999).Next().Within);
            world.Elapsed += waits[^1];
        }

        Assert.All(waits, wait => Assert.Equal(1.25, wait.TotalSeconds, 2));
        Assert.Equal(AttemptReason.LastResort, world.Refused(0, TimeSpan.FromSeconds(1)).Next().Reason);
    }

    [Fact]
    public void Next_AProbeIsUnderWay_ItsEndIsAskedForMoreAndMoreSeldom()
    {
        var world = CoreWorld.Of(1).Refused(0, TimeSpan.Zero, isGuessed: true).Failed(0, FailureKind.ServerError, choice: DeploymentChoice.LeastBad, luck: 0);
        var waits = new List<TimeSpan>();
        for (var refusal = 1; refusal <= 6; refusal++)
        {
            world.Failed(0, FailureKind.NoDeployment, choice: DeploymentChoice.SameAgain, retryAfter: TimeSpan.Zero, opensIn: TimeSpan.Zero, isGuessed: true, luck: 0.999999);
            waits.Add(world.Next().Within);
            world.Elapsed += waits[^1];
        }

        Assert.Equal([0.625, 1.125, 2.125, 4.125, 8.125, 8.125], waits.Select(wait => Math.Round(wait.TotalSeconds, 3)));
    }

    [Fact]
    public void Next_TheOpeningIsJustBeforeTheDeadline_TheSpreadKeepsInsideIt()
    {
        var deadline = RouteLimits.Default.Deadline;
        var wait = CoreWorld.Of(1).Refused(0, deadline - TimeSpan.FromMilliseconds(100), luck: 0.999).Next();

        Assert.Equal(DispatchStepKind.Wait, wait.Kind);
        Assert.InRange(wait.Within, deadline - TimeSpan.FromMilliseconds(100), deadline - TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData(30, 30), InlineData(45, 45), InlineData(1800, 60), InlineData(0, 60)]
    public void Next_PlainWithSomewhereElseToGo_AQuickModelGetsLessThanHalf(double patienceSeconds, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), new CoreWorld(new DispatchCandidate(8000, 1, PatienceSeconds: patienceSeconds), new DispatchCandidate(8000, 1)).Next().Within);

    [Fact]
    public void Next_PlainWithNowhereElseToGo_AllThatIsLeftWhateverThePatience() => Assert.Equal(
        RouteLimits.Default.Deadline, new CoreWorld(new DispatchCandidate(8000, 1, PatienceSeconds: 30)).Next().Within);

    [Theory, InlineData(false), InlineData(true)]
    public void Next_TheRouteSaysHowLongAnAttemptMayTake_ThatUnlessItIsTheLast(bool isStream)
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 1), new DispatchCandidate(8000, 1))
        {
            Limits = RouteLimits.Default with { Attempt = TimeSpan.FromSeconds(7) }, IsStream = isStream,
        };

        Assert.Equal(TimeSpan.FromSeconds(7), world.Next().UntilContent);
        Assert.Equal(RouteLimits.Default.Deadline, world.Failed(0, FailureKind.ServerError).Next().UntilContent);
    }

    [Fact]
    public void Next_BadGateway_CarriesNoRetryAfter()
    {
        var end = CoreWorld.Of(1).Failed(0, FailureKind.ServerError, retryAfter: TimeSpan.FromMinutes(5)).Next();

        Assert.Equal((RouterErrorCode.UpstreamError, null), (end.Error, end.RetryAfter));
        Assert.False(end.ShouldRetry);
    }

    [Fact]
    public void Next_PlainWithSomewhereElseToGo_HalfOfWhatIsLeft() =>
        Assert.Equal(RouteLimits.Default.Deadline / 2, CoreWorld.Of(2).Next().Within);

    [Fact]
    public void Next_PlainWithNowhereElseToGo_AllThatIsLeft() => Assert.Equal(RouteLimits.Default.Deadline, CoreWorld.Of(1).Next().Within);

    [Fact]
    public void Next_Stream_TheFirstTokenLimit() =>
        Assert.Equal(RouteLimits.Default.FirstToken, new CoreWorld(new DispatchCandidate(8000, 1)) { IsStream = true }.Next().Within);

    [Theory]
    [InlineData(FailureKind.RateLimited, FailureKind.CredentialRefused), InlineData(FailureKind.CredentialRefused, FailureKind.RateLimited)]
    [InlineData(FailureKind.RateLimited, FailureKind.DeploymentNotFound), InlineData(FailureKind.RateLimited, FailureKind.QuotaExhausted)]
    public void Next_OneIsAtItsLimitAndOneNeedsAPerson_TellsTheLimitAndWhenItEnds(FailureKind first, FailureKind second)
    {
        var world = CoreWorld.Of(2);
        foreach (var (candidate, kind) in new[] { (0, first), (1, second) })
            world.Failed(candidate, kind, retryAfter: kind == FailureKind.RateLimited ? RouteLimits.Default.Deadline : null);

        var end = world.Next();

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.CapacityExhausted, RouteLimits.Default.Deadline), (end.Kind, end.Error, end.RetryAfter));
    }

    [Theory]
    [InlineData(FailureKind.QuotaExhausted, FailureKind.CredentialRefused), InlineData(FailureKind.CredentialRefused, FailureKind.QuotaExhausted)]
    [InlineData(FailureKind.QuotaExhausted, FailureKind.DeploymentNotFound)]
    public void Next_OneHasAQuotaThatComesBackAndOneNeedsAPerson_TellsWhen(FailureKind first, FailureKind second)
    {
        var world = CoreWorld.Of(2);
        foreach (var (candidate, kind) in new[] { (0, first), (1, second) })
            world.Failed(candidate, kind, retryAfter: kind == FailureKind.QuotaExhausted ? TimeSpan.FromHours(1) : null);

        var end = world.Next();

        Assert.Equal((DispatchStepKind.GiveUp, RouterErrorCode.TemporarilyUnavailable, TimeSpan.FromHours(1)), (end.Kind, end.Error, end.RetryAfter));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Next_RequestWithADayAndABoundForEachAttempt_NoAttemptTakesLonger(bool isStream)
    {
        var longest = TimeSpan.FromMinutes(2);
        var world = new CoreWorld(new DispatchCandidate(8000, 1), new DispatchCandidate(8000, 1))
        {
            Limits = RouteLimits.Default with { Deadline = TimeSpan.FromDays(1) }, MaxAttemptTime = longest, IsStream = isStream,
        };

        var first = world.Next();
        var last = world.Failed(0, FailureKind.ServerError).Failed(1, FailureKind.ServerError).Failed(0, FailureKind.ServerError).Next();

        Assert.InRange(first.Within, TimeSpan.FromTicks(1), longest);
        Assert.Equal(DispatchStepKind.Wait, last.Kind);
        world.Elapsed = TimeSpan.FromDays(1) - TimeSpan.FromSeconds(10);
        Assert.Equal(TimeSpan.FromSeconds(10), world.Next().Within);
    }
}
