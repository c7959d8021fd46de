using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class DispatchCoreCascadeTests
{
    [Fact]
    public void Next_EveryStepButTheLast_IsChecked()
    {
        var world = World(3, steps: 2);

        Assert.Equal((0, true), Target(world.Next()));
        Assert.Equal((1, false), Target(world.Rejected(0).Next()));
    }

    [Fact]
    public void Next_Rejected_ClimbsToTheNextStep()
    {
        var step = World(2).Rejected(0).Next();

        Assert.Equal((DispatchStepKind.Attempt, 1, AttemptReason.NextStep), (step.Kind, step.Candidate, step.Reason));
    }

    [Theory]
    [InlineData(FailureKind.ServerError)]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.QuotaExhausted)]
    [InlineData(FailureKind.FirstTokenTimeout)]
    [InlineData(FailureKind.RequestRejected)]
    [InlineData(FailureKind.ContextLengthExceeded)]
    [InlineData(FailureKind.ContentFiltered)]
    [InlineData(FailureKind.NotExpressible)]
    [InlineData(FailureKind.NoDeployment)]
    public void Next_StrongStepFails_GivesTheRejectedAnswerAtOnceAndNoModelBehindTheCascadeIsAsked(FailureKind kind) =>
        AssertGiven(0, CascadeEnding.HeldBackNothingBetter, World(3, steps: 2).Rejected(0).Failed(1, kind, retryAfter: TimeSpan.FromMilliseconds(1)).Next());

    [Fact]
    public void Next_StrongStepFailsAndHasAnotherDeployment_ThatIsAskedBeforeGivingUpOnIt()
    {
        var step = World(2, deployments: 2).Rejected(0).Failed(1, FailureKind.ServerError, othersUntried: 1).Next();

        Assert.Equal((DispatchStepKind.Attempt, 1, AttemptReason.OtherDeployment), (step.Kind, step.Candidate, step.Reason));
    }

    [Fact]
    public void Next_TwoAnswersRejected_GivesTheBetterOne()
    {
        AssertGiven(0, CascadeEnding.HeldBackNothingBetter, World(3).Rejected(0, 0.6).Rejected(1, 0.2).Failed(2, FailureKind.ServerError).Next());
        AssertGiven(1, CascadeEnding.HeldBackNothingBetter, World(3).Rejected(0, 0.2).Rejected(1, 0.2).Failed(2, FailureKind.ServerError).Next());
    }

    [Fact]
    public void Next_RejectedAnswerIsWorthNothing_EverythingElseIsTriedBeforeAnErrorIsTold()
    {
        var world = World(3, steps: 2).Rejected(0, worth: 0).Failed(1, FailureKind.RequestRejected);
        Assert.Equal(DispatchStepKind.GiveUp, world.Next().Kind);

        var other = World(3, steps: 2).Rejected(0, worth: 0).Failed(1, FailureKind.ServerError);
        Assert.Equal((DispatchStepKind.Attempt, 2), (other.Next().Kind, other.Next().Candidate));
    }

    [Fact]
    public void Next_CheapStepFails_TheStrongOneAnswersWithoutACheck()
    {
        var step = World(2).Failed(0, FailureKind.ServerError).Next();

        Assert.Equal((1, false), Target(step));
        Assert.Equal(AttemptReason.NextModel, step.Reason);
    }

    [Fact]
    public void Next_AttemptsAllowNoFurtherStep_TheAnswerIsNotEvenChecked() =>
        Assert.Equal((0, false), Target(World(2, attempts: 1).Next()));

    [Fact]
    public void Next_NoFurtherStepHoldsThePrompt_TheAnswerIsNotEvenChecked()
    {
        var world = new CoreWorld(new DispatchCandidate(4000, 1), new DispatchCandidate(8000, 1), new DispatchCandidate(4000, 1)) { Cascade = new(3, TimeSpan.FromMinutes(1), null) };

        Assert.Equal((1, false), Target(world.Failed(0, FailureKind.ContextLengthExceeded).Next()));
    }

    [Fact]
    public void Next_AttemptsAreSpent_GivesTheRejectedAnswer() =>
        AssertGiven(1, CascadeEnding.HeldBackOutOfAttempts, World(3, attempts: 2).Failed(0, FailureKind.ServerError).Rejected(1).Next());

    [Fact]
    public void Next_CascadesTimeIsOver_GivesTheRejectedAnswer()
    {
        var world = World(2, seconds: 5);
        world.Elapsed = TimeSpan.FromSeconds(5);

        AssertGiven(0, CascadeEnding.HeldBackOutOfTime, world.Rejected(0).Next());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Next_FurtherStep_EndsWithTheCascadesTime(bool isStream)
    {
        var world = World(2, seconds: 5, isStream: isStream);
        world.Elapsed = TimeSpan.FromSeconds(2);

        Assert.Equal(TimeSpan.FromSeconds(3), world.Rejected(0).Next().Within);
    }

    [Fact]
    public void Next_StrongStepRanIntoTheEnd_GivesTheRejectedAnswer()
    {
        var world = World(2, seconds: 5).Rejected(0);
        world.Elapsed = RouteLimits.Default.Deadline;

        AssertGiven(0, CascadeEnding.HeldBackOutOfTime, world.Failed(1, FailureKind.DeadlinePassed).Next());
    }

    [Theory]
    [InlineData(0.5, 0.6, DispatchStepKind.Accept)]
    [InlineData(0.5, 0.5, DispatchStepKind.Attempt)]
    public void Next_FurtherStepWouldPassTheMoney_GivesTheRejectedAnswer(double spentUsd, double expectedUsd, DispatchStepKind kind)
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 1), new DispatchCandidate(8000, 1, (decimal)expectedUsd)) { Cascade = new(2, TimeSpan.FromMinutes(1), 1) };
        world.SpentUsd = (decimal)spentUsd;

        var step = world.Rejected(0).Next();

        Assert.Equal(kind, step.Kind);
        if (kind == DispatchStepKind.Accept)
            AssertGiven(0, CascadeEnding.HeldBackOutOfMoney, step);
    }

    [Fact]
    public void Next_RoutesMoneyIsSpentToTheCent_EvenAFreeStepIsNotAsked()
    {
        var world = new CoreWorld(new DispatchCandidate(8000, 1), new DispatchCandidate(8000, 1))
        {
            Limits = RouteLimits.Default with { CostUsd = 0.5m },
            Cascade = new(2, TimeSpan.FromMinutes(1), 1),
            SpentUsd = 0.5m,
        };

        AssertGiven(0, CascadeEnding.HeldBackOutOfMoney, world.Rejected(0).Next());
    }

    [Fact]
    public void Next_WithAnAnswerInHand_TheStrongStepIsNotAskedTwice()
    {
        var candidate = new DispatchCandidate(8000, 2);
        var world = new CoreWorld(candidate, candidate) { Cascade = new(2, TimeSpan.FromMinutes(1), 1), MayHedge = true };

        Assert.False(world.Next().MayHedge);
        Assert.False(world.Rejected(0).Next().MayHedge);
        Assert.True(new CoreWorld(candidate, candidate) { Cascade = world.Cascade, MayHedge = true }.Failed(0, FailureKind.ServerError).Next().MayHedge);
    }

    [Fact]
    public void Next_StrongStepAnswers_IsAccepted() => AssertGiven(1, null, World(2).Rejected(0).Failed(1, null).Next());

    [Fact]
    public void Next_PlainStrongStep_HasAllTheTimeThatIsLeft() =>
        Assert.Equal(RouteLimits.Default.Deadline, World(3, steps: 2, seconds: 3600).Rejected(0).Next().Within);

    [Fact]
    public void Next_AnswerThatIsToBeChecked_IsCheckedBeforeAnythingElse()
    {
        var world = World(2).AwaitsCheck(0);

        var step = world.Next();

        Assert.Equal((DispatchStepKind.Check, 0), (step.Kind, step.Checked));
        // Also when the time is over: what is in hand is looked at, and costs nothing.
        world.Elapsed = TimeSpan.FromDays(1);
        Assert.Equal(DispatchStepKind.Check, world.Next().Kind);
    }

    [Fact]
    public void Next_CheckHasAccepted_TheAnswerIsGiven() => AssertGiven(0, null, World(2).AwaitsCheck(0).Checked(null).Next());

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    public void Next_CheckHasRejected_TheNextStepIsAsked(double worth) => Assert.Equal((1, false), Target(World(2).AwaitsCheck(0).Checked(worth).Next()));

    [Fact]
    public void Next_WhatIsKeptIsToBeGiven_NothingIsCheckedOrAskedAnyMore()
    {
        AssertGiven(1, CascadeEnding.HeldBackAfterFaults, World(3, givesKept: true).Rejected(0).AwaitsCheck(1).Next());
        AssertGiven(0, CascadeEnding.HeldBackAfterFaults, World(3, givesKept: true).Rejected(0).Failed(1, FailureKind.ServerError).Next());
        // With nothing kept there is nothing to give.
        Assert.Equal((1, true), Target(World(3, givesKept: true).Failed(0, FailureKind.ServerError).Next()));
    }

    private static CoreWorld World(int candidates, int? steps = null, int deployments = 1, int attempts = 4, int seconds = 3600, bool isStream = false, bool givesKept = false) =>
        new([.. Enumerable.Repeat(new DispatchCandidate(8000, deployments), candidates)])
        {
            Limits = RouteLimits.Default with { Attempts = attempts },
            Cascade = new CascadeBounds(steps ?? candidates, TimeSpan.FromSeconds(seconds), null),
            IsStream = isStream,
            GivesKept = givesKept,
        };

    private static (int Candidate, bool IsChecked) Target(DispatchStep step)
    {
        Assert.Equal(DispatchStepKind.Attempt, step.Kind);
        return (step.Candidate, step.IsChecked);
    }

    private static void AssertGiven(int attempt, CascadeEnding? ending, DispatchStep step) =>
        Assert.Equal((DispatchStepKind.Accept, attempt, ending), (step.Kind, step.Accepted, step.Ending));

    [Fact]
    public void Next_TheStepsClockRangAMillisecondEarly_TheAnswerInHandIsGivenForWantOfTime()
    {
        var deadline = TimeSpan.FromSeconds(1);
        var world = new CoreWorld(new DispatchCandidate(8000, 1), new DispatchCandidate(8000, 1)) { Cascade = new CascadeBounds(2, deadline, null) };
        world.Rejected(0).Elapsed = deadline - TimeSpan.FromMilliseconds(1);
        world.Failed(1, FailureKind.DeadlinePassed);

        var step = world.Next();

        Assert.Equal((DispatchStepKind.Accept, CascadeEnding.HeldBackOutOfTime), (step.Kind, step.Ending));
    }
}
