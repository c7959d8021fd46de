using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing.Rules;

public sealed class RuleConditionsTests
{
    private static readonly RequestProfile Profile = new()
    {
        Task = TaskKind.Code, Confidence = 0.7f, Difficulty = 0.7f, PromptTokens = 500, Language = "de", Turns = 3, Needs = Capabilities.Tools,
    };

    [Theory]
    [InlineData(ConditionNames.Task, "math,code", true)]
    [InlineData(ConditionNames.Task, "math", false)]
    [InlineData(ConditionNames.Tier, "default", true)]
    [InlineData(ConditionNames.Tier, "pro", false)]
    [InlineData(ConditionNames.Language, "en,de", true)]
    [InlineData(ConditionNames.Language, "DE", true)]
    [InlineData(ConditionNames.Language, "en", false)]
    [InlineData(ConditionNames.Needs, "vision,tools", true)]
    [InlineData(ConditionNames.Needs, "vision", false)]
    public void Values_AnyOfThem_Matches(string condition, string values, bool matches) =>
        Assert.Equal(matches, Matches(new(condition, null, [.. values.Split(',')], null, null)));

    [Theory]
    [InlineData(ConditionNames.Difficulty, 0.7, null, true)]
    [InlineData(ConditionNames.Difficulty, null, 0.7, true)]
    [InlineData(ConditionNames.Difficulty, 0.71, null, false)]
    [InlineData(ConditionNames.Difficulty, null, 0.69, false)]
    [InlineData(ConditionNames.Confidence, 0.7, 0.7, true)]
    [InlineData(ConditionNames.Confidence, 0.8, 1.0, false)]
    [InlineData(ConditionNames.PromptTokens, 500.0, 500.0, true)]
    [InlineData(ConditionNames.PromptTokens, 501.0, null, false)]
    [InlineData(ConditionNames.PromptTokens, null, 499.0, false)]
    [InlineData(ConditionNames.Turns, 3.0, null, true)]
    [InlineData(ConditionNames.Turns, null, 2.0, false)]
    public void Range_BothEndsInclusive(string condition, double? minimum, double? maximum, bool matches) =>
        Assert.Equal(matches, Matches(new(condition, null, [], minimum, maximum)));

    [Fact]
    public void Task_ClassifierAbstained_MatchesNone() =>
        Assert.False(Matches(new(ConditionNames.Task, null, ["code"], null, null), profile: Profile with { Task = null, LikeliestTask = TaskKind.Code }));

    [Fact]
    public void Needs_OnlyTheRequestShowsIt_Matches() => Assert.True(Matches(
        new(ConditionNames.Needs, null, ["json_object"], null, null), """
        "response_format":{"type":"json_object"}
        """));

    [Theory]
    [InlineData("x-team", "red", true)]
    [InlineData("X-Team", "RED", true)]
    [InlineData("x-team", "blue", false)]
    [InlineData("x-other", "red", false)]
    [InlineData("x-team", "", true)]
    [InlineData("x-other", "", false)]
    public void Header_NamedValueOrJustSent(string name, string values, bool matches) =>
        Assert.Equal(matches, Matches(new(ConditionNames.Headers, name, List(values), null, null), headers: ("x-team", " red ")));

    [Theory]
    [InlineData("team", "red", true)]
    [InlineData("team", "blue", false)]
    [InlineData("Team", "red", false)]
    [InlineData("size", "7", true)]
    [InlineData("isTest", "true", true)]
    [InlineData("isTest", "false", false)]
    [InlineData("escaped", "ä\"b", true)]
    [InlineData("nested", "red", false)]
    [InlineData("after", "yes", true)]
    [InlineData("missing", "", false)]
    [InlineData("nothing", "", false)]
    [InlineData("nested", "", true)]
    [InlineData("broken", "red", false)]
    public void Metadata_ComparedByDecodedText(string key, string values, bool matches) => Assert.Equal(matches, Matches(
        new(ConditionNames.Metadata, key, List(values), null, null), """
        "metadata":{"team":"red","size":7,"isTest":true,"escaped":"\u00e4\"b","nested":{"team":"red"},"nothing":null,"broken":"\ud800","after":"yes"}
        """));

    [Fact]
    public void Metadata_NotAnObject_MatchesNone() => Assert.False(Matches(new(ConditionNames.Metadata, "team", [], null, null), """
        "metadata":"team"
        """));

    [Theory]
    [InlineData("temperature", "", 0.5, null, true)]
    [InlineData("temperature", "", 0.6, null, false)]
    [InlineData("temperature", "0.5", null, null, true)]
    [InlineData("service_tier", "standard", null, null, true)]
    [InlineData("service_tier", "auto", null, null, false)]
    [InlineData("service_tier", "", 0.0, null, false)]
    [InlineData("store", "true", null, null, true)]
    [InlineData("seed", "", null, null, false)]
    public void Parameter_ValueRangeOrJustSent(string name, string values, double? minimum, double? maximum, bool matches) => Assert.Equal(matches, Matches(
        new(ConditionNames.Parameters, name, List(values), minimum, maximum), """
        "temperature":0.5,"service_tier":"standard","store":true
        """));

    [Fact]
    public void EveryConfigurableCondition_HasAPolicy()
    {
        // Resolving a rule throws for a name without a policy.
        Assert.All(ConditionNames.All, static name => Matches(new(name, "key", [], null, null)));
    }

    private static ImmutableArray<string> List(string values) => values.Length == 0 ? [] : [values];

    private static bool Matches(ConditionModel condition, string fields = "", RequestProfile? profile = null, params (string, string)[] headers)
    {
        var router = new RouterBuilder()
            .Model("special", model => model.Can(~Capabilities.Embeddings))
            .Model("able", model => model.Can(~Capabilities.Embeddings))
            .Route("auto", route => route.Candidates("able").Rule(condition, "special"));
        return new RoutingRun(router).Route("auto", fields, profile ?? Profile, headers).Models[0] == "special";
    }
}
