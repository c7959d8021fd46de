using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Health;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>Whatever the first answers taught, each objective ends at the model that is truly best by it, and does not stay with the one it began with.</summary>
public sealed class LockInTests
{
    private const int Requests = 1000;
    private const int Last = 200;
    private const int PromptTokens = 100;

    private readonly ManualTimeProvider _time = new();
    private readonly SeededRandomSource _luck = new(7);

    /// <summary>
    /// What a model is truly like: USD per million tokens, answers so many times as long as they need to be, seconds to the first token of its first call, which may be an unlucky one, and
    /// of the others, tokens per second, and the quality that is stated and that it has.
    /// </summary>
    private sealed record Truth(string Name, decimal Price, double Wordiness = 1, double FirstSeconds = 0.5, double Seconds = 0.5, double Speed = 100, float Stated = 0.8f, float Quality = 0.8f);

    [Theory]
    [InlineData(13)]
    [InlineData(300)]
    [InlineData(3000)]
    public async Task Cost_DearModelIsInUse_TheCheapOneIsFound(int answerTokens) =>
        Assert.Equal("cheap", await DriveAsync(static route => route.Prefer(ObjectiveNames.Cost), answerTokens, new Truth("dear", 17), new Truth("cheap", 1, Wordiness: 1.2)));

    [Fact]
    public async Task Cost_CheapModelIsWordy_TheDearerOneThatIsBriefIsFound() =>
        Assert.Equal("brief", await DriveAsync(static route => route.Prefer(ObjectiveNames.Cost), 300, new Truth("wordy", 1, Wordiness: 10), new Truth("brief", 2)));

    [Fact]
    public async Task Cost_DearerModelIsNotShorter_TheCheapOneStays() =>
        Assert.Equal("cheap", await DriveAsync(static route => route.Prefer(ObjectiveNames.Cost), 300, new Truth("cheap", 1), new Truth("dearer", 1.2m)));

    [Fact]
    public async Task Latency_FastModelHadOneSlowAnswer_IsFoundAgain() =>
        Assert.Equal("fast", await DriveAsync(static route => route.Prefer(ObjectiveNames.Latency), 100, new Truth("fast", 2, FirstSeconds: 8, Seconds: 0.2), new Truth("steady", 1, FirstSeconds: 1, Seconds: 1)));

    [Fact]
    public async Task Latency_AnswersOfOneToken_StillTellWhoIsFast() =>
        Assert.Equal("fast", await DriveAsync(static route => route.Prefer(ObjectiveNames.Latency), 1, new Truth("slow", 1, FirstSeconds: 2, Seconds: 2), new Truth("fast", 2, FirstSeconds: 0.2, Seconds: 0.2)));

    [Fact]
    public async Task Quality_StatedBetterThanItIs_TheOtherIsFound() =>
        Assert.Equal("good", await DriveAsync(static route => route.Prefer(ObjectiveNames.Quality), 100, new Truth("vaunted", 1, Stated: 0.85f, Quality: 0.6f), new Truth("good", 1, Stated: 0.8f, Quality: 0.8f)));

    [Fact]
    public async Task Order_First_Stays() =>
        Assert.Equal("first", await DriveAsync(static route => route.Prefer(ObjectiveNames.Order), 100, new Truth("first", 9), new Truth("second", 1)));

    [Fact]
    public async Task Weighted_DearAndSlowModelIsInUse_TheOtherIsFound() =>
        Assert.Equal("cheap", await DriveAsync(static route => route.Weights(quality: 1, cost: 1, latency: 1), 13, new Truth("dear", 17, Stated: 0.9f, Quality: 0.9f, Seconds: 2, FirstSeconds: 2), new Truth("cheap", 1)));

    /// <summary>The first model answers the first fifty requests alone. Answers who gets most of the last requests.</summary>
    private async Task<string> DriveAsync(Action<RouteModelBuilder> objective, int answerTokens, params Truth[] truths)
    {
        var builder = new RouterBuilder();
        foreach (var truth in truths)
            builder.Model(truth.Name, model => model.Quality(truth.Stated).Price(truth.Price, truth.Price));
        builder.Route("auto", route => objective(route.Candidates([.. truths.Select(static truth => truth.Name)])));
        builder.Route("begin", route => route.Candidates(truths[0].Name));
        var router = builder.Build();

        var lessons = new OnlineStatistics(new RouterModelSource(router), _time);
        var health = new HealthRegistry(new HealthOptions(), _time);
        var routing = new RoutingStage(new PlanningKnowledge(new TableQualityEstimator(), lessons.Corrections, lessons.Lengths, lessons.Sessions, new LedgerStandings(new MemoryLedger(TimeProvider.System)), health));
        var chosen = new List<string>();
        var called = new HashSet<string>();
        for (var number = -50; number < Requests; number++)
        {
            var context = new RequestContext($"r-{number}", router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), _time.GetTimestamp())
            {
                Route = router.Targets[number < 0 ? "begin" : "auto"],
                Profile = new RequestProfile { PromptTokens = PromptTokens },
            };
            await routing.InvokeAsync(context, static (_, _) => new(new ChatOutcome.Failed(new RouterError(RouterErrorCode.Internal, "nothing is dispatched here"))), default);
            var truth = Array.Find(truths, truth => truth.Name == context.Plan.Candidates[0].Model.Name)!;
            chosen.Add(truth.Name);
            await AnswerAsync(context, truth, health, (int)Math.Ceiling(answerTokens * truth.Wordiness * Spread()), called.Add(truth.Name) ? truth.FirstSeconds : truth.Seconds * Spread());
            lessons.OnSettled(context);
            lessons.Grade(context.RequestId, null, truth.Quality);
        }

        return chosen.TakeLast(Last).GroupBy(static name => name).MaxBy(static group => group.Count()) is { } most && most.Count() >= 0.9 * Last ? most.Key : string.Join(",", chosen.TakeLast(Last));
    }

    /// <summary>From a half to twice.</summary>
    private double Spread() => Math.Pow(2, (_luck.NextDouble() * 2) - 1);

    private async Task AnswerAsync(RequestContext context, Truth truth, HealthRegistry health, int tokens, double firstToken)
    {
        var model = context.Plan.Candidates[0].Model;
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], StartedAt = _time.GetTimestamp(), WasSent = true };
        await new HealthStage(health).InvokeAsync(attempt, static (_, _) => new(new AttemptFailure(FailureKind.ServerError, "unused")), default);
        _time.Advance(TimeSpan.FromSeconds(firstToken));
        attempt.MarkFirstToken(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(tokens / truth.Speed));
        var usage = new TokenUsage(PromptTokens, tokens);
        attempt.End(_time.GetTimestamp(), null, usage, model.Price.CostUsd(usage));
        context.Attempts.Add(attempt);
        context.Answered = attempt;
        _time.Advance(TimeSpan.FromSeconds(3));
    }
}
