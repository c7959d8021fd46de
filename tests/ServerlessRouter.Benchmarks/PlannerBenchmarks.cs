using BenchmarkDotNet.Attributes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Health;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>Planning one request, while the configuration grows.</summary>
public class PlannerBenchmarks
{
    private RoutePlanner _planner = null!;
    private RequestContext _choosing = null!;
    private RequestContext _choosingAmongAll = null!;

    [Params(3, 10, 100, 1_000)]
    public int Models { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var router = SampleRouter.OfModels(Models);
        var health = new HealthRegistry(new HealthOptions(), TimeProvider.System);
        health.Follow(router);
        var lessons = new OnlineStatistics(new RouterModelSource(router), TimeProvider.System);
        _planner = new RoutePlanner(new PlanningKnowledge(new TableQualityEstimator(), lessons.Corrections, lessons.Lengths, lessons.Sessions, new LedgerStandings(new MemoryLedger(TimeProvider.System)), health));
        _choosing = Request(router, SampleRouter.Auto);
        _choosingAmongAll = Request(router, SampleRouter.Everything);
    }

    /// <summary>The route has three candidates: what else is configured should cost nothing.</summary>
    [Benchmark]
    public int ChooseAmongThree() => Plan(_choosing);

    /// <summary>The route has every model for a candidate.</summary>
    [Benchmark]
    public int ChooseAmongAll() => Plan(_choosingAmongAll);

    private int Plan(RequestContext context)
    {
        if (_planner.Plan(context, out var plan) is { } error)
            throw new InvalidOperationException(error.Message);
        return plan!.Candidates.Length;
    }

    private static RequestContext Request(RouterModel router, string route) =>
        new("r-1", router, ScannedRequest.Of(ChatBodies.Plain(model: route)), new ListedHeaders(), receivedAt: 1)
        {
            Route = router.Targets[route],
            Profile = new RequestProfile { PromptTokens = 250, Task = TaskKind.Code },
        };
}
