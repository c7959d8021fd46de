using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>What the limits of a key cost a request beside all else: they are found, taken, told and settled.</summary>
public class GovernanceBenchmarks
{
    private const int Requests = 64;

    private readonly RequestContext[] _requests = new RequestContext[Requests];
    private StandingStage _standing = null!;
    private ReservationStage _reservation = null!;
    private AttemptContext _answered = null!;

    /// <summary>Two limits and two budgets each.</summary>
    [Params(0, 1, 10_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        var limits = new LeasedLimits(new MemoryTableStore(TimeProvider.System), new LeaseOptions(), "one", TimeProvider.System, NullLogger<LeasedLimits>.Instance);
        await limits.KeepPresentAsync(CancellationToken.None);
        var desk = new LimitDesk(limits, new BudgetWatch(TimeProvider.System, NullLogger<BudgetWatch>.Instance), SystemRandomSource.Instance, TimeProvider.System);
        (_standing, _reservation) = (new StandingStage(desk), new ReservationStage(desk));
        var router = SampleRouter.OfModels(3);
        var tier = new TierModel
        {
            Name = "pro",
            Limits =
            [
                new LimitModel("requestsPerMinute", LimitMeasure.Requests, 1_000_000_000, LimitWindow.Minute), new LimitModel("tokensPerMinute", LimitMeasure.Tokens, 1_000_000_000_000, LimitWindow.Minute),
                new LimitModel("budget.day", LimitMeasure.Money, 1_000_000_000_000, LimitWindow.Day), new LimitModel("budget.month", LimitMeasure.Money, 1_000_000_000_000, LimitWindow.Month),
            ],
        };
        for (var place = 0; place < Requests; place++)
            _requests[place] = Request(router, Keys == 0 ? null : new CallerModel($"key-{place * Keys / Requests}", tier));
        var attempt = new AttemptContext(_requests[0], _requests[0].Plan.Candidates[0].Model, DeploymentChoice.Fresh) { WasSent = true };
        var usage = new TokenUsage(100, 50);
        attempt.End(1, null, usage, attempt.Model.Price.CostUsd(usage));
        _answered = attempt;
        for (var turn = 0; turn < 10; turn++)
        {
            await GovernAsync();
            await limits.RenewAsync(CancellationToken.None);
        }
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public async Task GovernAsync()
    {
        foreach (var request in _requests)
        {
            await _standing.InvokeAsync(request, (standing, token) => _reservation.InvokeAsync(standing, Answer, token), CancellationToken.None);
            request.Limits?.Settle(request);
            _ = request.Limits?.Look();
            request.Attempts.Clear();
        }
    }

    private ValueTask<ChatOutcome> Answer(RequestContext request, CancellationToken cancellationToken)
    {
        request.Attempts.Add(_answered);
        request.Answered = _answered;
        return new(ChatOutcome.Unfinished.Instance);
    }

    private static RequestContext Request(RouterModel router, CallerModel? caller) => new("r-1", router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), TimeProvider.System.GetTimestamp())
    {
        Caller = caller,
        Route = router.Targets[SampleRouter.Auto],
        Profile = new RequestProfile { PromptTokens = 100 },
        Plan = new RoutePlan
        {
            Candidates = [.. router.Models.Select(static model => new PlannedCandidate(model, 0.7f, 0, null, 0, "as configured", IsFallback: false) { OutputTokens = 50 })],
            Exclusions = [],
            Objective = ObjectiveNames.Order,
        },
    };
}
