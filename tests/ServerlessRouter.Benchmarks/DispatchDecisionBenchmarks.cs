using BenchmarkDotNet.Attributes;
using ServerlessRouter.Balancing;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Queueing;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>What an attempt costs beside its call: the dispatch decision, the balancer's pick, the breaker's way in and out.</summary>
[WarmupCount(100), IterationCount(50)]
public class DispatchDecisionBenchmarks
{
    // An attempt ends once only, so each iteration gets new ones; few enough for the cache, so iterations are short and there are many.
    private const int Attempts = 4_096;

    private readonly AttemptContext[] _attempts = new AttemptContext[Attempts];
    private readonly DispatchCandidate[] _candidates = new DispatchCandidate[3];
    private readonly TokenUsage _usage = new(250, 120);
    private RequestContext _request = null!;
    private NextAttemptStage _attempt = null!;

    [Params(1, 4, 16)]
    public int Deployments { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var router = SampleRouter.OfModels(3, Deployments);
        var health = new HealthRegistry(new HealthOptions(), TimeProvider.System);
        health.Follow(router);
        _attempt = RouterPipeline.ComposeAttempt(
            new BalancingStage(health, SystemRandomSource.Instance, new BalancingOptions()), new QueueingStage(health, health, new DeploymentSlots(), new RouterMetrics(), TimeProvider.System), new HealthStage(health), new AnsweringStage());
        _request = new RequestContext("r-1", router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), TimeProvider.System.GetTimestamp())
        {
            Route = router.Targets[SampleRouter.Auto],
            Profile = new RequestProfile { PromptTokens = 250 },
            Plan = new RoutePlan
            {
                Candidates = [.. router.Models.Select(static model => new PlannedCandidate(model, 0.7f, 0, null, 0, "as configured", IsFallback: false))],
                Exclusions = [],
                Objective = ObjectiveNames.Order,
            },
        };
    }

    [IterationSetup]
    public void RenewAttempts()
    {
        for (var place = 0; place < Attempts; place++)
            _attempts[place] = new AttemptContext(_request, _request.Plan.Candidates[0].Model, DeploymentChoice.Fresh) { StartedAt = TimeProvider.System.GetTimestamp() };
    }

    /// <summary>All of it, for an attempt that answers.</summary>
    [Benchmark(OperationsPerInvoke = Attempts)]
    public int MakeAttempt()
    {
        var answered = 0;
        foreach (var attempt in _attempts)
        {
            if (DecideFirst().Kind != DispatchStepKind.Attempt)
                throw new InvalidOperationException("the core makes no attempt");
            _request.Attempts.Clear();
            _request.Attempts.Add(attempt);
            var call = _attempt(attempt, CancellationToken.None);
            answered += call.IsCompletedSuccessfully && call.Result.Answer is not null ? 1 : 0;
            attempt.End(TimeProvider.System.GetTimestamp(), failure: null, _usage, costUsd: 0.001m);
        }

        return answered == Attempts ? answered : throw new InvalidOperationException("an attempt was refused");
    }

    private DispatchStep DecideFirst()
    {
        var planned = _request.Plan.Candidates;
        for (var place = 0; place < planned.Length; place++)
            _candidates[place] = new DispatchCandidate(planned[place].Model.ContextWindow, planned[place].Model.Deployments.Length);
        return DispatchCore.Next(new DispatchState
        {
            Candidates = _candidates,
            Limits = _request.Route.Limits,
            Elapsed = TimeSpan.FromMilliseconds(1),
        });
    }
}
