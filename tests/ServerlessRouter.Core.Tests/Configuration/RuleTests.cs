using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class RuleTests
{
    [Fact]
    public async Task Accepts_EveryKindOfCondition()
    {
        var rule = (await new ConfigurationDraft().Set("routes.auto.rules.0.when", """
            {
              "task": "code", "tier": ["pro", "default"], "language": ["de", "und"], "difficulty": { "min": 0.5 }, "confidence": { "min": 0.1, "max": 0.9 },
              "promptTokens": { "max": 4000 }, "turns": { "min": 2 }, "needs": ["tools", "vision"], "headers": { "X-Team": "search" },
              "metadata": { "stage": ["dev", "test"] }, "parameters": { "temperature": { "max": 0 }, "stream": true, "n": [1, 2] }
            }
            """).AcceptAsync()).Routes[0].Rules[0];

        Assert.Equal("routes.auto.rules[0]", rule.Path);
        Assert.Equal(
            [
                "task  code  ", "tier  pro|default  ", "language  de|und  ", "difficulty   0.5 ", "confidence   0.1 0.9", "promptTokens    4000", "turns   2 ",
                "needs  tools  ", "needs  vision  ", "headers X-Team search  ", "metadata stage dev|test  ", "parameters temperature   0", "parameters stream true  ",
                "parameters n 1|2  ",
            ],
            rule.Conditions.Select(condition => FormattableString.Invariant(
                $"{condition.Policy} {condition.Key} {string.Join('|', condition.Values)} {condition.Minimum} {condition.Maximum}")));
    }

    [Theory]
    [InlineData("""{"task":"coding"}""", "task", "\"coding\" is not known")]
    [InlineData("""{"task":["code","maths"]}""", "task[1]", "\"maths\" is not known; did you mean \"math\"?")]
    [InlineData("""{"task":[]}""", "task", "can never match")]
    [InlineData("""{"task":[7]}""", "task[0]", "must be a text or a list of texts, but is 7")]
    [InlineData("""{"tier":"por"}""", "tier", "\"por\" is not a configured tier; did you mean \"pro\"? Allowed: pro, default")]
    [InlineData("""{"tier":["pro","x"]}""", "tier[1]", "\"x\" is not a configured tier")]
    [InlineData("""{"language":"German"}""", "language", "must be a two-letter code")]
    [InlineData("""{"needs":["visions"]}""", "needs[0]", "did you mean \"vision\"?")]
    [InlineData("""{"difficulty":0.5}""", "difficulty", "must be a range like")]
    [InlineData("""{"difficulty":{}}""", "difficulty", "but is an empty object")]
    [InlineData("""{"difficulty":{"minimum":0.5}}""", "difficulty.minimum", "Allowed: min, max")]
    [InlineData("""{"difficulty":{"min":"low"}}""", "difficulty.min", "must be a number, but is \"low\"")]
    [InlineData("""{"difficulty":{"min":2}}""", "difficulty.min", "is 2, but must be between 0 and 1")]
    [InlineData("""{"turns":{"max":-1}}""", "turns.max", "is -1, but must be")]
    [InlineData("""{"difficulty":{"min":0.8,"max":0.2}}""", "difficulty", "can never hold: its min of 0.8 is above its max of 0.2")]
    [InlineData("""{"headers":"x-team"}""", "headers", "must be an object of names")]
    [InlineData("""{"headers":{}}""", "headers", "but is an empty object")]
    [InlineData("""{"headers":{"x-team":{"min":1}}}""", "headers.x-team", "but is an object")]
    [InlineData("""{"metadata":{"stage":[]}}""", "metadata.stage", "can never match")]
    [InlineData("""{"parameters":{"stop":null}}""", "parameters.stop", "but is null")]
    public async Task Rejects_Condition(string when, string path, string message) =>
        await new ConfigurationDraft().Set("routes.auto.rules.0.when", when).RejectAsync($"routes.auto.rules[0].when.{path}", message);

    [Theory]
    [InlineData("""{}""", """{"task":"code"}""")]
    [InlineData("""{"task":["code","math"]}""", """{"task":"math"}""")]
    [InlineData("""{"task":"code"}""", """{"task":"code","tier":"pro"}""")]
    [InlineData("""{"difficulty":{"min":0.5}}""", """{"difficulty":{"min":0.6,"max":0.9}}""")]
    [InlineData("""{"needs":"tools"}""", """{"needs":["tools","vision"]}""")]
    [InlineData("""{"headers":{"X-Team":["a","b"]}}""", """{"headers":{"x-team":"a"}}""")]
    public async Task Rejects_RuleShadowedByAnEarlierOne(string earlier, string later) =>
        await new ConfigurationDraft().Set("routes.auto.rules.0.when", earlier).Set("routes.auto.rules.1.when", later).Set("routes.auto.rules.1.use", """["large"]""")
            .RejectAsync("routes.auto.rules[1]", "can never match: routes.auto.rules[0] comes first");

    [Theory]
    [InlineData("""{"task":"math"}""", """{"task":["code","math"]}""")]
    [InlineData("""{"task":"code","tier":"pro"}""", """{"task":"code"}""")]
    [InlineData("""{"difficulty":{"min":0.6,"max":0.9}}""", """{"difficulty":{"min":0.5}}""")]
    [InlineData("""{"needs":["tools","vision"]}""", """{"needs":"tools"}""")]
    [InlineData("""{"metadata":{"Team":"a"}}""", """{"metadata":{"team":"a"}}""")]
    [InlineData("""{"parameters":{"n":{"min":1}}}""", """{"parameters":{"n":"2"}}""")]
    public async Task Accepts_RuleThatLeavesSomethingToTheNext(string earlier, string later) =>
        await new ConfigurationDraft().Set("routes.auto.rules.0.when", earlier).Set("routes.auto.rules.1.when", later).AcceptAsync();

    [Fact]
    public async Task Rejects_RuleWithAMistake_DoesNotAlsoCallTheNextShadowed() =>
        await new ConfigurationDraft().Set("routes.auto.rules.0.when", """{"tasks":"code"}""").RejectAsync("routes.auto.rules[0].when.tasks", "did you mean \"task\"?");

    [Fact]
    public async Task Rejects_RuleForATierThatMayNotAskForTheRoute() =>
        await new ConfigurationDraft().Set("tiers.pro.routes", """["large"]""").RejectAsync("routes.auto.rules[1].when.tier", "can never hold");

    [Fact]
    public async Task Rejects_RuleUsingAModelThatLacksWhatItDemands() =>
        await new ConfigurationDraft().Set("routes.auto.rules.1.when", """{"needs":["tools","vision"]}""")
            .RejectAsync("routes.auto.rules[1].use[1]", "uses \"mini\", which lacks what the rule demands in when.needs: vision");

    [Fact]
    public async Task Rejects_RuleUsingAModelThatCannotHoldThePrompt() =>
        await new ConfigurationDraft().Set("routes.auto.rules.1.when", """{"promptTokens":{"min":150000}}""")
            .RejectAsync("routes.auto.rules[1].use[1]", "whose contextWindow of 128000 cannot hold the 150000 promptTokens");
}
