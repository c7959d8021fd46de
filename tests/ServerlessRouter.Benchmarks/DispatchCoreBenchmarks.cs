using BenchmarkDotNet.Attributes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Benchmarks;

/// <summary>The dispatch decision alone, over a plan of three models.</summary>
public class DispatchCoreBenchmarks
{
    private static readonly DispatchCandidate[] Candidates = [new(128_000, 2), new(128_000, 2), new(128_000, 2)];
    private static readonly AttemptFact[] TwoFailures = [Failed(candidate: 0, FailureKind.ServerError), Failed(candidate: 1, FailureKind.RateLimited)];

    [Benchmark]
    public DispatchStepKind DecideFirst() => Decide([]);

    [Benchmark]
    public DispatchStepKind DecideAfterTwoFailures() => Decide(TwoFailures);

    private static DispatchStepKind Decide(ReadOnlySpan<AttemptFact> attempts) => DispatchCore.Next(new DispatchState
    {
        Candidates = Candidates,
        Limits = RouteLimits.Default,
        Elapsed = TimeSpan.FromMilliseconds(1),
        Attempts = attempts,
    }).Kind;

    private static AttemptFact Failed(int candidate, FailureKind kind) => new()
    {
        Candidate = candidate, Deployment = 0, Choice = DeploymentChoice.Fresh, Failure = kind, EndedAfter = TimeSpan.FromMilliseconds(1), Jitter = 0.5,
    };
}
