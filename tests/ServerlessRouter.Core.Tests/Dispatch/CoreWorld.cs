using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Drives the decision core by hand: a test says what each attempt came to.</summary>
internal sealed class CoreWorld(params DispatchCandidate[] candidates)
{
    private readonly List<AttemptFact> _facts = [];

    public RouteLimits Limits { get; init; } = RouteLimits.Default;

    public CascadeBounds? Cascade { get; init; }

    public bool MovesOnAfterContentFilter { get; init; }

    public bool GivesKept { get; init; }

    public bool IsStream { get; init; }

    public bool MayHedge { get; init; }

    public TimeSpan? MaxAttemptTime { get; init; }

    public TimeSpan Elapsed { get; set; }

    public decimal SpentUsd { get; set; }

    public IReadOnlyList<AttemptFact> Facts => _facts;

    public static CoreWorld Of(int candidates, int deployments = 1) =>
        new([.. Enumerable.Repeat(new DispatchCandidate(8000, deployments), candidates)]);

    /// <summary>The attempt at this candidate answered and was rejected; an answer of some worth is kept back.</summary>
    public CoreWorld Rejected(int candidate, double worth = 0.5) => Failed(candidate, FailureKind.CheckFailed, worth: worth);

    public DispatchStep Next() => NextAfter(_facts.Count);

    /// <summary>The step as it was decided when only so many facts were known; time and money as now.</summary>
    public DispatchStep NextAfter(int facts) => DispatchCore.Next(new DispatchState
    {
        Candidates = candidates,
        Limits = Limits,
        Cascade = Cascade,
        MovesOnAfterContentFilter = MovesOnAfterContentFilter,
        GivesKept = GivesKept,
        IsStream = IsStream,
        MayHedge = MayHedge,
        MaxAttemptTime = MaxAttemptTime,
        Elapsed = Elapsed,
        SpentUsd = SpentUsd,
        Attempts = _facts.ToArray().AsSpan(0, facts),
    });

    /// <summary>The attempt at this candidate answered, and a check of the answer is due.</summary>
    public CoreWorld AwaitsCheck(int candidate)
    {
        Failed(candidate, null);
        _facts[^1] = _facts[^1] with { AwaitsCheck = true };
        return this;
    }

    /// <summary>The check that was due accepts the answer, or finds it worth so much.</summary>
    public CoreWorld Checked(double? worth)
    {
        _facts[^1] = worth is { } left ? _facts[^1] with { AwaitsCheck = false, Failure = FailureKind.CheckFailed, KeptFallbackScore = left } : _facts[^1] with { AwaitsCheck = false };
        return this;
    }

    /// <summary>None of the candidate's deployments could be called, and the first rate limit among them, or the first guess, ends then.</summary>
    public CoreWorld Refused(int candidate, TimeSpan opensIn, bool isGuessed = false, double luck = 0) =>
        Failed(candidate, FailureKind.NoDeployment, retryAfter: opensIn, opensIn: opensIn, isGuessed: isGuessed, luck: luck);

    /// <summary>The attempt at this candidate failed.</summary>
    public CoreWorld Failed(
        int candidate, FailureKind? kind, int deployment = 0, int othersUntried = 0, TimeSpan? retryAfter = null, DeploymentChoice choice = DeploymentChoice.Fresh,
        double luck = 0.5, double worth = 0, TimeSpan? opensIn = null, bool isGuessed = false)
    {
        _facts.Add(new AttemptFact
        {
            Candidate = candidate,
            Deployment = kind == FailureKind.NoDeployment && choice != DeploymentChoice.SameAgain ? AttemptFact.NoDeployment : deployment,
            Choice = choice,
            Failure = kind,
            KeptFallbackScore = worth,
            RetryAfter = retryAfter,
            OthersUntried = othersUntried,
            OpensIn = opensIn,
            IsOpeningGuessed = isGuessed,
            EndedAfter = Elapsed,
            Jitter = luck,
        });
        return this;
    }
}
