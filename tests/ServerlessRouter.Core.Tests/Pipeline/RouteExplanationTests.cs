using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Pipeline;

public sealed class RouteExplanationTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RouterModel _router = new RouterBuilder().Model("mini").Model("large").Route("auto", route => route.Candidates("mini", "large")).Build();

    [Fact]
    public void Write_PlannedRequest_SaysWhatWasFoundAndChosen()
    {
        var context = Context();
        context.Route = _router.Targets["auto"];
        context.Profile = new RequestProfile
        {
            Task = TaskKind.Code, LikeliestTask = TaskKind.Code, Confidence = 0.875f, Difficulty = 0.25f, PromptTokens = 42, Language = "en", Turns = 2,
            Needs = Capabilities.Tools | Capabilities.Streaming, Contributions = [new("\"def\"", 1, 1.5f)], DifficultyContributions = [new("task code", 0.875f, 0.375f)], TaskProbabilities = [0.875f, 0.125f, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        context.Plan = new RoutePlan
        {
            Candidates = [new(_router.Models[1], 0.9f, 0.00123, null, 0.5, "good enough", IsFallback: false) { IsCallable = false, Correction = 0.05f, OutputTokens = 300 }, new(_router.Models[1], 0.8f, 1, 2.5, 0, "fallback", IsFallback: true) { FirstTokenSeconds = 0.5f, TokensPerSecond = 40 }],
            Exclusions = [new("mini", ExclusionReason.Capability, "tools")],
            Rule = "routes.auto.rules[0]",
            Objective = "cost",
            QualityFloor = 0.7,
            Counterfactuals = new OneFlip(),
        };

        AssertJson(
            """
            {"request_id":"r-1","config_version":"test","tier":"default","route":"auto",
             "profile":{"task":"code","confidence":0.875,"likeliest_task":"code",
               "probabilities":{"code":0.875,"math":0.125,"factual_qa":0,"reasoning":0,"creative":0,"summarization":0,"translation":0,"extraction":0,"classification":0,"chat":0},
               "difficulty":0.25,"prompt_tokens":42,"needs":["tools","streaming"],"language":"en","turns":2,
               "contributions":[{"feature":"\u0022def\u0022","value":1,"contribution":1.5}],
               "difficulty_contributions":[{"feature":"task code","value":0.875,"contribution":0.375}]},
             "rule":"routes.auto.rules[0]","objective":"cost","quality_floor":0.7,
             "candidates":[
               {"model":"large","quality":0.9,"correction":0.05,"cost_usd":0.00123,"output_tokens":300,"latency_seconds":null,"first_token_seconds":null,"tokens_per_second":null,"score":0.5,"standing":"eligible","is_fallback":false,
                "reason":"good enough","availability":"temporarily_unavailable"},
               {"model":"large","quality":0.8,"correction":0,"cost_usd":1,"output_tokens":0,"latency_seconds":2.5,"first_token_seconds":0.5,"tokens_per_second":40,"score":0,"standing":"fallback","is_fallback":true,
                "reason":"fallback"}],
             "next":{"model":"large","wins_if":[{"change":"minimum_quality","now":0.7,"then":0.8,"text":"the floor is higher"}]},
             "exclusions":[{"model":"mini","code":"constraint_filtered","reason":"capability","detail":"tools","remedy":"models.mini.capabilities: add \"tools\""}]}
            """,
            Write(context));
    }

    [Fact]
    public void Write_Attempts_SaysWhatBecameOfEach()
    {
        var context = Context();
        var failed = Attempt(context, "mini");
        failed.Deployment = failed.Model.Deployments[0];
        failed.DeploymentReason = "the only one";
        _time.Advance(TimeSpan.FromMilliseconds(250));
        failed.End(_time.GetTimestamp(), new AttemptFailure(FailureKind.RateLimited, "429 from simulated/mini") { UpstreamStatus = 429 }, default, 0);
        var answered = Attempt(context, "large", AttemptReason.NextModel);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        answered.MarkFirstToken(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(900));
        answered.End(_time.GetTimestamp(), null, new TokenUsage(10, 20), 0.0123m);
        Attempt(context, "large", AttemptReason.SameAgain);

        AssertJson(
            """
            {"request_id":"r-1","config_version":"test","tier":"default",
             "attempts":[
               {"model":"mini","deployment":"simulated/mini","reason":"first","deployment_reason":"the only one","outcome":"rate_limited","upstream_status":429,"duration_ms":250,"time_to_first_token_ms":null,"cost_usd":0,
                "why":"429 from simulated/mini"},
               {"model":"large","deployment":null,"reason":"next_model","outcome":"answered","duration_ms":1000,"time_to_first_token_ms":100,"cost_usd":0.0123},
               {"model":"large","deployment":null,"reason":"same_again","outcome":"running","duration_ms":null,"time_to_first_token_ms":null,"cost_usd":0}],
             "cost_usd":0.0123}
            """,
            Write(context));
    }

    [Fact]
    public void Write_FigureIsNotANumber_IsNull()
    {
        var context = Context();
        context.Plan = new RoutePlan { Candidates = [new(_router.Models[0], float.NaN, double.PositiveInfinity, null, 0, "", false)], Exclusions = [], Objective = "cost" };

        var candidate = JsonNode.Parse(Write(context))!["candidates"]![0]!;

        Assert.Null(candidate["quality"]);
        Assert.Null(candidate["cost_usd"]);
    }

    [Fact]
    public void Write_EveryReason_HasItsOwnName()
    {
        var names = Enum.GetValues<ExclusionReason>().Select(static reason => reason.ToWireName()).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, static name => Assert.Matches("^[a-z_]+$", name));
    }

    private RequestContext Context() => new("r-1", _router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), receivedAt: 1);

    private AttemptContext Attempt(RequestContext context, string model, AttemptReason reason = AttemptReason.First)
    {
        var attempt = new AttemptContext(context, _router.ModelsByName[model], DeploymentChoice.Fresh)
        {
            Reason = reason, StartedAt = _time.GetTimestamp(), WasSent = true,
        };
        context.Attempts.Add(attempt);
        return attempt;
    }

    private string Write(RequestContext context)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            RouteExplanation.Write(writer, context, _time);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private sealed class OneFlip : IPlanCounterfactuals
    {
        public IReadOnlyList<PlanFlip> Find(RoutePlan plan) => [new("minimum_quality", 0.7, 0.8, "the floor is higher")];
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), JsonNode.Parse(actual)!.ToJsonString());
}
