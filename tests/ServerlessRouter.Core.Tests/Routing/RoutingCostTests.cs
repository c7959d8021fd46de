using ServerlessRouter.Configuration;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class RoutingCostTests
{
    private const int Requests = 1000;

    [Theory]
    [InlineData("mini", 300)]
    [InlineData("auto", 1500)]
    public void Plan_WithoutPreferences_AllocatesLittleMoreThanThePlan(string target, int maxBytesPerRequest)
    {
        var router = new RouterBuilder().Model("mini").Model("middle").Model("large").Route("auto", route => route.Candidates("mini", "middle", "large")).Build();
        var context = new RequestContext("r-1", router, ScannedRequest.Of(ChatBodies.Plain(model: target)), new ListedHeaders(), receivedAt: 1)
        {
            Route = router.Targets[target],
            Profile = new RequestProfile { PromptTokens = 1000 },
        };
        var lessons = new OnlineStatistics(new RouterModelSource(router), TimeProvider.System);
        var planner = new RoutePlanner(new PlanningKnowledge(new TableQualityEstimator(), lessons.Corrections, lessons.Lengths, lessons.Sessions, new LedgerStandings(new MemoryLedger(TimeProvider.System)), new KnownVitals()));
        Assert.Null(planner.Plan(context, out _));

        var bytes = Allocated.Bytes(() =>
        {
            for (var request = 0; request < Requests; request++)
                planner.Plan(context, out _);
        });

        Assert.InRange(bytes / Requests, 1, maxBytesPerRequest);
    }
}
