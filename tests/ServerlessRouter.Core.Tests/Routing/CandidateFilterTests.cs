using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class CandidateFilterTests
{
    private static RouterBuilder Router => new RouterBuilder()
        .Model("plain", model => model.Window(8_000, maxOutputTokens: 1_000))
        .Model("able", model => model.Can(Capabilities.Tools | Capabilities.Vision | Capabilities.JsonSchema).Window(100_000))
        .Route("auto", route => route.Candidates("plain", "able").Prefer(ObjectiveNames.Order));

    [Fact]
    public void Plan_RequestNeedsATool_ModelsWithoutAreExcludedByName()
    {
        var run = new RoutingRun(Router).Route(fields: """
            "tools":[{"type":"function","function":{"name":"f"}}]
            """);

        Assert.Equal(["able"], run.Models);
        Assert.Equal(new Exclusion("plain", ExclusionReason.Capability, "tools"), Assert.Single(run.Plan.Exclusions));
    }

    [Fact]
    public void Plan_ProfileNeedsVision_CountsToo() =>
        Assert.Equal(["able"], new RoutingRun(Router).Route(profile: new() { Needs = Capabilities.Vision }).Models);

    [Fact]
    public void Plan_NeedsPlainJson_ModelWithSchemasDoes() => Assert.Equal(["able"], new RoutingRun(Router).Route(fields: """
        "response_format":{"type":"json_object"}
        """).Models);

    [Fact]
    public void Plan_WantsAStream_ModelThatCannotAnswersInOnePiece()
    {
        var router = Router.Model("slow", model => model.CannotStream()).Route("two", route => route.Candidates("slow", "plain"));

        Assert.Empty(new RoutingRun(router).Route("two", "\"stream\":true").Exclusions);
        Assert.Empty(new RoutingRun(router).Route("two", "\"stream\":false").Exclusions);
    }

    [Theory]
    [InlineData(7_999, "", true)]
    [InlineData(8_000, "", false)]
    [InlineData(7_500, "\"max_tokens\":500", true)]
    [InlineData(7_500, "\"max_tokens\":501", false)]
    [InlineData(7_000, "\"max_tokens\":2000000000", true)]
    [InlineData(7_001, "\"max_completion_tokens\":2000000000", false)]
    public void Plan_PromptAndAnswer_MustFitTheWindow(int promptTokens, string fields, bool fits)
    {
        var router = Router.Model("vast", model => model.Window(int.MaxValue)).Route("two", route => route.Candidates("plain", "vast").Prefer(ObjectiveNames.Order));

        var run = new RoutingRun(router).Route("two", fields, new() { PromptTokens = promptTokens });

        Assert.Equal(fits, run.Models.Contains("plain"));
    }

    [Theory, InlineData(9_000), InlineData(2_000_000_000)]
    public void Plan_PromptIsOnlyGuessedTooLong_ModelComesLastAndIsNotExcluded(int guess)
    {
        var router = Router.Model("larger", model => model.Window(9_000)).Model("vast", model => model.Window(int.MaxValue))
            .Route("three", route => route.Candidates("plain", "larger").Fallbacks("vast").Prefer(ObjectiveNames.Order));

        var run = new RoutingRun(router) { Content = "Say hello." }.Route("three", profile: new() { PromptTokens = guess });

        Assert.Equal(["vast", "larger", "plain"], run.Models);
        Assert.Empty(run.Exclusions);
        Assert.Equal(CandidateStanding.Cramped, run.Plan.Candidates[^1].Standing);
        Assert.Equal("its window of 8000 tokens may be too small for a prompt of this length", run.Plan.Candidates[^1].Reason);
    }

    [Fact]
    public void Plan_OnlyModelIsGuessedTooSmall_IsAsked() =>
        Assert.Equal(["plain"], new RoutingRun(Router) { Content = "Say hello." }.Route("plain", profile: new() { PromptTokens = 9_000 }).Models);

    [Fact]
    public void Plan_AnswerAloneIsTooLong_IsCertain() =>
        Assert.Equal(RouterErrorCode.ContextLengthExceeded, new RoutingRun(Router) { Content = "Say hello." }.Refuse("able", "\"max_tokens\":100000", new() { PromptTokens = 10 }).Code);

    [Fact]
    public void Plan_PromptTooLong_DetailHasTheFigures()
    {
        var run = new RoutingRun(Router).Route(fields: "\"max_tokens\":400", profile: new() { PromptTokens = 7_700 });

        Assert.Equal("at least 7700 prompt + 400 answer tokens > 8000", Assert.Single(run.Plan.Exclusions).Detail);
    }

    [Fact]
    public void Plan_OnlyTheWindowExcludes_IsContextLengthExceeded()
    {
        var error = new RoutingRun(Router).Refuse(profile: new() { PromptTokens = 200_000 });

        Assert.Equal(RouterErrorCode.ContextLengthExceeded, error.Code);
        Assert.Equal(400, error.Status);
        Assert.Equal("messages", error.Param);
        Assert.Contains("200000", error.Message, StringComparison.Ordinal);
        Assert.Contains("100000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SameCapabilityExcludesAll_OneLineNamesThem()
    {
        var router = new RouterBuilder().Model("mini").Model("large").Route("auto", route => route.Candidates("mini", "large"));

        var run = new RoutingRun(router);
        var error = run.Refuse(profile: new() { Needs = Capabilities.Vision });

        Assert.Equal(RouterErrorCode.ConstraintFiltered, error.Code);
        Assert.Equal(404, error.Status);
        Assert.Equal(["capability: vision (mini, large)"], error.ExcludedBy);
        Assert.Contains("capability: vision (mini, large)", error.Message, StringComparison.Ordinal);
        Assert.Empty(run.Plan.Candidates);
    }

    [Fact]
    public void Plan_SeveralConstraintsExcludeAll_IsConstraintFilteredWithEach()
    {
        var error = new RoutingRun(Router).Refuse(fields: "\"tools\":[{\"type\":\"function\"}]", profile: new() { PromptTokens = 200_000 });

        Assert.Equal(RouterErrorCode.ConstraintFiltered, error.Code);
        Assert.Equal(["capability: tools (plain)", "context_window: at least 200001 prompt + 1 answer tokens > 100000 (able)"], error.ExcludedBy);
    }

    [Fact]
    public void Plan_RuleLeavesOneTooSmall_IsContextLengthExceeded()
    {
        var router = Router.Route("ruled", route => route.Candidates("able", "plain").Rule(new ConditionModel(ConditionNames.Tier, null, [TierModel.DefaultName], null, null), "plain"));

        Assert.Equal(RouterErrorCode.ContextLengthExceeded, new RoutingRun(router).Refuse("ruled", profile: new() { PromptTokens = 9_000 }).Code);
    }

    [Fact]
    public void Plan_NoDeploymentAnywhere_IsNoEndpoints()
    {
        var router = Router.Model("empty", model => model.WithoutDeployment());

        var error = new RoutingRun(router).Refuse("empty");

        Assert.Equal(RouterErrorCode.NoEndpoints, error.Code);
        Assert.Equal(["no_deployment: no deployment is configured (empty)"], error.ExcludedBy);
    }

    [Fact]
    public void Plan_OneOfTwoHasNoDeployment_TheOtherAnswers()
    {
        var router = Router.Model("empty", model => model.WithoutDeployment()).Route("two", route => route.Candidates("empty", "plain"));

        var run = new RoutingRun(router).Route("two");

        Assert.Equal(["plain"], run.Models);
        Assert.Equal(["empty: no_deployment"], run.Exclusions);
    }

    [Fact]
    public void Plan_FallbackCannotAnswer_IsExcludedToo()
    {
        var router = Router.Route("safe", route => route.Candidates("able").Fallbacks("plain", "able"));

        var run = new RoutingRun(router).Route("safe", profile: new() { PromptTokens = 9_000 });

        Assert.Equal(["able"], run.Models);
        Assert.Equal(["plain: context_window"], run.Exclusions);
    }
}
