using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class CascadeTests
{
    private const string Nano = """
        { "price": { "inputPerMillion": 0.05, "outputPerMillion": 0.4 }, "contextWindow": 128000, "capabilities": ["json_schema"], "quality": { "default": 0.5 },
          "deployments": [{ "provider": "vendor", "name": "gpt-nano" }] }
        """;

    [Fact]
    public async Task Accepts_CascadeWithDefaultsFilledIn()
    {
        var cascade = (await Draft("""{"steps":["mini","large"]}""").AcceptAsync()).Routes[0].Cascade!;

        Assert.Equal(["mini", "large"], cascade.Steps.Select(step => step.Name));
        Assert.Equal(AnswerCheckNames.All, cascade.Checks);
        Assert.Null(cascade.Judge);
        Assert.Null(cascade.CostUsd);
        Assert.Null(cascade.Deadline);
        Assert.Equal((0, 1), (cascade.SkipBelowQuality, cascade.SkipAboveDifficulty));
        Assert.Equal(CascadeModel.DefaultBufferBytes, cascade.BufferBytes);
    }

    [Fact]
    public async Task Accepts_EverythingWritten()
    {
        var router = await Draft("""
            {"steps":["mini","large"],"checks":["hedging","refusal"],"judge":{"model":"nano","minimumScore":0.7,"timeoutSeconds":2.5},
             "costUsd":0.5,"deadlineSeconds":30,"skip":{"belowQuality":0.4,"aboveDifficulty":0.8},"bufferBytes":4096}
            """).AcceptAsync();

        var cascade = router.Routes[0].Cascade!;
        // In the order in which they are made, whatever the order written.
        Assert.Equal("refusal,hedging", string.Join(',', cascade.Checks));
        Assert.Equal(new JudgeModel(router.ModelsByName["nano"], 0.7, TimeSpan.FromSeconds(2.5)), cascade.Judge);
        Assert.Equal((0.5m, TimeSpan.FromSeconds(30)), (cascade.CostUsd, cascade.Deadline));
        Assert.Equal((0.4, 0.8, 4096), (cascade.SkipBelowQuality, cascade.SkipAboveDifficulty, cascade.BufferBytes));
    }

    [Fact]
    public async Task Accepts_JudgeAlone() => Assert.Empty((await Draft("""{"steps":["mini","large"],"checks":[],"judge":{"model":"nano"}}""").AcceptAsync()).Routes[0].Cascade!.Checks);

    [Theory]
    [InlineData("""{}""", "steps", "is missing")]
    [InlineData("""{"steps":[]}""", "steps", "is empty; a cascade needs a model to use")]
    [InlineData("""{"steps":["mini"]}""", "steps", "has one step only")]
    [InlineData("""{"steps":["mni","large"]}""", "steps[0]", "\"mni\" is not a configured model; did you mean \"mini\"?")]
    [InlineData("""{"steps":["auto","large"]}""", "steps[0]", "\"auto\" is a route; only models can stand here")]
    [InlineData("""{"steps":["mini","mini"]}""", "steps[1]", "stands in the list already")]
    [InlineData("""{"steps":["nano","large"]}""", "steps[0]", "not among the route's candidates")]
    [InlineData("""{"steps":["mini","large"],"checks":[]}""", "checks", "is empty and there is no judge")]
    [InlineData("""{"steps":["mini","large"],"checks":["spelling"]}""", "checks[0]", "\"spelling\" is not known")]
    [InlineData("""{"steps":["mini","large"],"checks":["judge"]}""", "checks[0]", "\"judge\" is not known")]
    [InlineData("""{"steps":["mini","large"],"checks":["refusal","refusal"]}""", "checks[1]", "stands in the list already")]
    [InlineData("""{"steps":["mini","large"],"judge":{}}""", "judge.model", "is missing")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"nan"}}""", "judge.model", "\"nan\" is not a configured model; did you mean \"nano\"?")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"auto"}}""", "judge.model", "is a route")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"large"}}""", "judge.model", "is itself a step")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"nano","minimumScore":7}}""", "judge.minimumScore", "must be between 0 and 1")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"nano","timeoutSeconds":5},"deadlineSeconds":4}""", "judge.timeoutSeconds", "no further step could follow")]
    [InlineData("""{"steps":["mini","large"],"judge":{"model":"nano"},"deadlineSeconds":5}""", "judge.timeoutSeconds", "no further step could follow")]
    [InlineData("""{"steps":["mini","large"],"costUsd":0}""", "costUsd", "must be between")]
    [InlineData("""{"steps":["mini","large"],"skip":{}}""", "skip", "says nothing")]
    [InlineData("""{"steps":["mini","large"],"skip":{"belowQuality":1.5}}""", "skip.belowQuality", "must be between 0 and 1")]
    [InlineData("""{"steps":["mini","large"],"bufferBytes":10}""", "bufferBytes", "must be between 1024 and 16777216")]
    [InlineData("""{"steps":["mini","large"],"judges":{}}""", "judges", "did you mean \"judge\"?")]
    public async Task Rejects_Cascade(string cascade, string member, string message) => await Draft(cascade).RejectAsync($"routes.auto.cascade.{member}", message);

    [Fact]
    public async Task Rejects_StepThatCannotBeCalled() =>
        await Draft("""{"steps":["mini","large"]}""").Remove("models.mini.deployments").RejectAsync("routes.auto.cascade.steps[0]", "has no deployment and so never answers");

    [Fact]
    public async Task Rejects_JudgeThatCannotBeCalled() =>
        await Draft("""{"steps":["mini","large"],"judge":{"model":"nano"}}""").Remove("models.nano.deployments").RejectAsync("routes.auto.cascade.judge.model", "cannot be asked");

    [Fact]
    public async Task Rejects_JudgeThatKeepsToNoForm() =>
        await Draft("""{"steps":["mini","large"],"judge":{"model":"nano"}}""").Remove("models.nano.capabilities")
            .RejectAsync("routes.auto.cascade.judge.model", "lacks the capability json_schema");

    [Fact]
    public async Task Rejects_FewerAttemptsThanSteps() =>
        await Draft("""{"steps":["mini","large"]}""").Set("routes.auto.limits", """{"attempts":1}""").RejectAsync("routes.auto.cascade.steps", "limits.attempts ends every request after 1");

    [Theory]
    [InlineData(0.01, "less than the smallest call of the first step")]
    [InlineData(0.03, "the second never begins")]
    public async Task Rejects_MoneyThatEvenTheFirstStepsPass(double ceiling, string message) =>
        await Draft($$"""{"steps":["mini","large"],"costUsd":{{ceiling}}}""").Set("models.mini.price.perRequest", "0.02").Set("models.large.price.perRequest", "0.02")
            .RejectAsync("routes.auto.cascade.costUsd", message);

    [Theory]
    [InlineData("""{"steps":["large","mini"]}""", "steps[1]", "is for no task above that of \"large\"")]
    [InlineData("""{"steps":["mini","large"],"deadlineSeconds":500}""", "deadlineSeconds", "ends every request after 120")]
    [InlineData("""{"steps":["mini","large"],"skip":{"belowQuality":0.78}}""", "skip.belowQuality", "always skipped")]
    public async Task Warns_Cascade(string cascade, string member, string message) => await Draft(cascade).WarnAsync($"routes.auto.cascade.{member}", message);

    [Fact]
    public async Task Warns_MoneyTheRouteDoesNotGrant() =>
        await Draft("""{"steps":["mini","large"],"costUsd":2}""").Set("routes.auto.limits", """{"costUsd":1}""").WarnAsync("routes.auto.cascade.costUsd", "ends every request at 1");

    private static ConfigurationDraft Draft(string cascade) => new ConfigurationDraft().Set("models.nano", Nano).Set("routes.auto.cascade", cascade);
}
