using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>A route and what would come of each attempt, whatever is tried.</summary>
internal sealed record CoreStory(
    DispatchCandidate[] Candidates, RouteLimits Limits, CascadeBounds? Cascade, bool IsStream, bool MovesOnAfterContentFilter, bool MayHedge, CoreOutcome[] Outcomes)
{
    private static readonly FailureKind?[] Kinds = [null, .. Enum.GetValues<FailureKind>().Select(kind => (FailureKind?)kind)];

    public static Arbitrary<CoreStory> Any() => (
        from candidates in
            (from window in Gen.Elements(4000, 8000, 16000)
             from deployments in Gen.Choose(1, 4)
             from cents in Gen.Choose(0, 60)
             from patience in Gen.Elements(0, 1, 30, 40)
             select new DispatchCandidate(window, deployments, cents / 100m, PatienceSeconds: patience)).NonEmptyListOf()
        from attempts in Gen.Choose(1, 6)
        from deadlineSeconds in Gen.Choose(1, 120)
        from firstTokenSeconds in Gen.Choose(1, 30)
        from money in Gen.Elements<decimal?>(null, 0.5m, 2m)
        from steps in Gen.Choose(0, 5)
        from cascadeSeconds in Gen.Choose(1, 120)
        from cascadeMoney in Gen.Elements<decimal?>(null, 0.3m, 1m)
        from attemptSeconds in Gen.Elements<int?>(null, 2, 90)
        from isStream in Gen.Elements(true, false)
        from movesOn in Gen.Elements(true, false)
        from mayHedge in Gen.Elements(true, false)
        from outcomes in Outcome().ArrayOf(60)
        select new CoreStory(
            [.. candidates.Take(5)],
            new RouteLimits(attempts, TimeSpan.FromSeconds(deadlineSeconds), TimeSpan.FromSeconds(firstTokenSeconds), TimeSpan.FromSeconds(30), money)
            {
                Attempt = attemptSeconds is { } own ? TimeSpan.FromSeconds(own) : null,
            },
            steps < 2 ? null : new CascadeBounds(Math.Min(steps, Math.Min(5, candidates.Count)), TimeSpan.FromSeconds(cascadeSeconds), cascadeMoney),
            isStream, movesOn, mayHedge, outcomes)).ToArbitrary();

    private static Gen<CoreOutcome> Outcome() =>
        from kind in Gen.Frequency((1, Gen.Constant((FailureKind?)null)), (9, Gen.Elements(Kinds)), (6, Gen.Elements<FailureKind?>(FailureKind.ServerError, FailureKind.RateLimited, FailureKind.NoDeployment)), (4, Gen.Constant<FailureKind?>(FailureKind.CheckFailed)))
        from retryAfter in Gen.Elements<int?>(null, 0, 1, 5, 300)
        from takes in Gen.Choose(0, 20_000)
        from others in Gen.Choose(0, 3)
        from deployment in Gen.Choose(0, 3)
        from luck in Gen.Choose(0, 999)
        from cents in Gen.Choose(0, 60)
        from worth in Gen.Choose(0, 4)
        from opens in Gen.Frequency((2, Gen.Constant((double?)null)), (3, Gen.Elements<double?>(0, 0.5, 1, 7, 300)))
        from isGuessed in Gen.Elements(true, false)
        select new CoreOutcome(
            kind, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, TimeSpan.FromMilliseconds(takes), others, deployment, luck / 1000.0, cents / 100m, worth / 4.0,
            opens is { } opensIn ? TimeSpan.FromSeconds(opensIn) : null, isGuessed && opens is not null);
}
