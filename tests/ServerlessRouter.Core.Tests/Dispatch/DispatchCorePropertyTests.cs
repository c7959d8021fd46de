using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class DispatchCorePropertyTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void AnyStory_EndsWithinItsBounds() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        var world = Tell(story, out var steps);
        var calls = world.Facts.Count(fact => fact.Failure != FailureKind.NoDeployment);

        Assert.InRange(calls, 0, story.Limits.Attempts);
        Assert.Contains(steps[^1].Kind, new[] { DispatchStepKind.Accept, DispatchStepKind.GiveUp });
        Assert.InRange(world.Facts.Count, 1, story.Limits.Attempts + DispatchCore.MaxRefusals + (3 * story.Candidates.Length));
    }));

    [Fact]
    public void AnyStory_NothingBeginsOrWaitsBeyondTheDeadlineOrTheMoney() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out _, (world, step) =>
        {
            if (step.Kind == DispatchStepKind.Wait)
                Assert.True(step.Within > TimeSpan.Zero && world.Elapsed + step.Within < story.Limits.Deadline);
            if (step.Kind != DispatchStepKind.Attempt)
                return;
            Assert.True(step.Within > TimeSpan.Zero && step.Within <= step.UntilContent && world.Elapsed + step.UntilContent <= story.Limits.Deadline);
            Assert.True(story.Limits.CostUsd is not { } most || world.SpentUsd < most);
        });
    }));

    [Fact]
    public void AnyStory_WithAnAnswerInHand_NothingPassesTheCascadesCeilingsAndNoErrorIsTold() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        var world = Tell(story, out var steps, (world, step) =>
        {
            if (story.Cascade is not { } cascade || world.Facts.All(fact => fact.KeptFallbackScore == 0))
                return;
            Assert.Contains(step.Kind, new[] { DispatchStepKind.Attempt, DispatchStepKind.Accept });
            if (step.Kind != DispatchStepKind.Attempt)
                return;
            Assert.True(step.Candidate < cascade.Steps && step.Reason is AttemptReason.NextStep or AttemptReason.OtherDeployment);
            Assert.True(world.Elapsed + step.Within <= cascade.Deadline || world.Elapsed + step.Within <= story.Limits.Deadline && cascade.Deadline >= story.Limits.Deadline);
            Assert.True(cascade.CostUsd is not { } most || world.SpentUsd + story.Candidates[step.Candidate].ExpectedUsd <= most);
            Assert.True(story.Limits.CostUsd is not { } limit || world.SpentUsd + story.Candidates[step.Candidate].ExpectedUsd <= limit);
        });

        var end = steps[^1];
        if (end.Kind == DispatchStepKind.Accept && end.Ending is not null)
            Assert.Equal(world.Facts.Max(fact => fact.KeptFallbackScore), world.Facts[end.Accepted].KeptFallbackScore);
        if (end.Kind == DispatchStepKind.Accept && end.Ending is null)
            Assert.Equal(world.Facts.Count - 1, end.Accepted);
    }));

    [Fact]
    public void AnyStory_MayHedge_OnlyWhereTwoRequestsAreWithinTheLimits() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out _, (world, step) =>
        {
            if (!step.MayHedge)
                return;
            Assert.True(story.MayHedge && !step.IsChecked && step.Choice == DeploymentChoice.Fresh && story.Candidates[step.Candidate].Deployments > 1);
            Assert.InRange(world.Facts.Count(fact => fact.Failure != FailureKind.NoDeployment) + 2, 2, story.Limits.Attempts);
            Assert.True(story.Limits.CostUsd is not { } most || world.SpentUsd + (2 * story.Candidates[step.Candidate].ExpectedUsd) <= most);
        });
    }));

    [Fact]
    public void AnyStory_AnAnswerIsChecked_OnlyWhereAStrongerModelCanStillBeAsked() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out _, (world, step) =>
        {
            if (step is not { Kind: DispatchStepKind.Attempt, IsChecked: true })
                return;
            var calls = world.Facts.Count(fact => fact.Failure != FailureKind.NoDeployment);
            Assert.True(step.Candidate < story.Cascade!.Value.Steps - 1);
            Assert.True(calls + 1 < story.Limits.Attempts);
            Assert.True(world.Elapsed < story.Cascade.Value.Deadline);
        });
    }));

    [Fact]
    public void AnyStory_RepeatsOnlyWhatTheTableAllows() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out _, (world, step) =>
        {
            if (step.Kind != DispatchStepKind.Attempt || world.Facts.Count == 0)
                return;
            var last = world.Facts[^1];
            switch (step.Reason)
            {
                case AttemptReason.OtherDeployment:
                    Assert.True(FailureTraits.Of(last.Failure!.Value).TriesOtherDeployment);
                    Assert.True(last.OthersUntried > 0);
                    break;
                case AttemptReason.NextModel or AttemptReason.NextStep:
                    Assert.NotEqual(NextModelRule.None, FailureTraits.Of(last.Failure!.Value).NextModel);
                    Assert.True(world.Facts.All(fact => fact.Candidate < step.Candidate));
                    break;
                case AttemptReason.SameAgain:
                    var before = world.Facts.Last(fact => fact.Candidate == step.Candidate && fact.Deployment == step.Deployment);
                    var wait = before.Failure == FailureKind.NoDeployment ? before.OpensIn : before.RetryAfter ?? TimeSpan.Zero;
                    Assert.True(before.Failure == FailureKind.NoDeployment || FailureTraits.Of(before.Failure!.Value).SameDeployment != SameDeploymentRule.Never);
                    Assert.True(world.Elapsed >= before.EndedAfter + wait);
                    break;
                case AttemptReason.Reopened:
                    var refused = world.Facts.Last(fact => fact.Candidate == step.Candidate && fact.Choice == DeploymentChoice.Fresh);
                    Assert.True(refused.OpensIn is { } opensIn && world.Elapsed >= refused.EndedAfter + opensIn);
                    break;
                case AttemptReason.LastResort:
                    Assert.DoesNotContain(world.Facts, fact => fact.Choice == DeploymentChoice.LeastBad);
                    Assert.Contains(world.Facts, fact => fact.Candidate == step.Candidate && fact.Failure == FailureKind.NoDeployment);
                    break;
            }

            Assert.All(
                world.Facts.Where(fact => fact.Failure == FailureKind.ContextLengthExceeded),
                fact => Assert.True(story.Candidates[step.Candidate].ContextWindow > story.Candidates[fact.Candidate].ContextWindow));
        });
    }));

    /// <summary>One caller more at a vendor that has named its moment makes every other wait longer.</summary>
    [Fact]
    public void AnyStory_ARateLimitEndsInTime_NoLastResortBeforeIt() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out _, (world, step) =>
        {
            if (step.Reason != AttemptReason.LastResort || step.Kind != DispatchStepKind.Attempt || world.Facts.Any(fact => fact.IsOpeningGuessed) || Refusals(world) > DispatchCore.MaxRefusals)
                return;
            Assert.DoesNotContain(LatestFresh(world.Facts), fact =>
                fact.OpensIn is { } opensIn && fact.EndedAfter + (opensIn > TimeSpan.Zero ? opensIn : DispatchBackoff.First) < story.Limits.Deadline && MayStillAnswer(story, world, fact));
        });
    }));

    [Fact]
    public void AnyStory_ToldAgain_TakesTheSameSteps() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        Tell(story, out var once);
        Tell(story, out var again);
        Assert.Equal(once, again);
    }));

    [Fact]
    public void AnyStory_GivenUp_TheCallersAreNeverToldToRetryInVain() => Check.One(Often, Prop.ForAll(CoreStory.Any(), story =>
    {
        var world = Tell(story, out var steps);
        var end = steps[^1];
        if (end.Kind != DispatchStepKind.GiveUp)
            return;

        Assert.False(end.ShouldRetry && end.RetryAfter is null);
        Assert.True(end.RetryAfter is null || RouterErrorTraits.Of(end.Error).Status is 429 or 503);
        Assert.All(LatestWords(world.Facts), fact => Assert.True(end.RetryAfter is null || fact.RetryAfter is null || end.RetryAfter <= fact.RetryAfter));
        if (end.ShouldRetry && world.Facts.Count(fact => fact.Failure != FailureKind.NoDeployment) == story.Limits.Attempts)
            Assert.Contains(world.Facts, fact => fact.RetryAfter >= story.Limits.Deadline || story.Limits.Deadline <= DispatchBackoff.FirstWithoutHint);
        Assert.NotEqual(RouterErrorCode.InvalidApiKey, end.Error);
    }));

    private static int Refusals(CoreWorld world) => world.Facts.Count(fact => fact.Failure == FailureKind.NoDeployment);

    private static IEnumerable<AttemptFact> LatestFresh(IReadOnlyList<AttemptFact> facts) =>
        facts.Where(fact => fact.Choice == DeploymentChoice.Fresh).GroupBy(fact => fact.Candidate).Select(group => group.Last());

    private static bool MayStillAnswer(CoreStory story, CoreWorld world, AttemptFact fact) => world.Facts.All(tooLong =>
        tooLong.Failure != FailureKind.ContextLengthExceeded || story.Candidates[fact.Candidate].ContextWindow > story.Candidates[tooLong.Candidate].ContextWindow);

    private static IEnumerable<AttemptFact> LatestWords(IReadOnlyList<AttemptFact> facts) => facts.Where((fact, place) => !facts.Skip(place + 1).Any(later =>
        later.Candidate == fact.Candidate
        && (later.Deployment == fact.Deployment || (fact.Failure == FailureKind.NoDeployment && later.Choice == DeploymentChoice.LeastBad))));

    /// <summary>Lets the core decide and the story answer, until it ends.</summary>
    private static CoreWorld Tell(CoreStory story, out List<DispatchStep> steps, Action<CoreWorld, DispatchStep>? onStep = null)
    {
        var world = new CoreWorld(story.Candidates) { Limits = story.Limits, Cascade = story.Cascade, IsStream = story.IsStream, MayHedge = story.MayHedge, MovesOnAfterContentFilter = story.MovesOnAfterContentFilter };
        var outcomes = new Queue<CoreOutcome>(story.Outcomes);
        steps = [];
        var turns = new Turns("the story to end");
        while (true)
        {
            turns.Take();
            var step = world.Next();
            steps.Add(step);
            onStep?.Invoke(world, step);
            switch (step.Kind)
            {
                case DispatchStepKind.Wait:
                    world.Elapsed += step.Within;
                    break;
                case DispatchStepKind.Attempt:
                    var outcome = outcomes.Dequeue();
                    world.Elapsed += outcome.Takes < step.Within ? outcome.Takes : step.Within;
                    world.SpentUsd += outcome.CostUsd;
                    world.Failed(
                        step.Candidate, outcome.Failure, step.Deployment == AttemptFact.NoDeployment ? outcome.Deployment : step.Deployment, outcome.OthersUntried,
                        outcome.RetryAfter, step.Choice, outcome.Jitter, step.IsChecked && outcome.Failure == FailureKind.CheckFailed ? outcome.FallbackScore : 0, outcome.OpensIn, outcome.IsOpeningGuessed);
                    // Every second step that may is raced: both failed, the slower one last.
                    if (step.MayHedge && outcome.Failure is not null && steps.Count % 2 == 0)
                    {
                        var rival = outcomes.Dequeue();
                        world.SpentUsd += rival.CostUsd;
                        world.Failed(step.Candidate, rival.Failure, rival.Deployment, rival.OthersUntried, rival.RetryAfter, step.Choice, rival.Jitter);
                    }

                    break;
                default:
                    return world;
            }
        }
    }
}
