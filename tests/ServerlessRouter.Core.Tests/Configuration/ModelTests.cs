using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ModelTests
{
    [Fact]
    public async Task Accepts_ModelWithDefaultsFilledIn()
    {
        var large = (await new ConfigurationDraft().AcceptAsync()).ModelsByName["large"];

        Assert.Equal(new ModelPrice(2m, 2m, 2m, 8m), large.Price);
        Assert.Equal(0.9f, large.QualityFor(TaskKind.Code));
        Assert.Equal(0.8f, large.QualityFor(TaskKind.Chat));
        Assert.Equal(0.8f, large.QualityFor(null));
        Assert.Equal(Capabilities.Tools | Capabilities.Vision | Capabilities.JsonSchema | Capabilities.JsonObject | Capabilities.Streaming, large.Capabilities);
        Assert.Equal(BalancingPolicies.Weighted, large.Balancing);
        Assert.Equal(["azure/gpt-large", "vendor/gpt-large"], large.Deployments.Select(deployment => deployment.Id));
        Assert.Equal([3, 1], large.Deployments.Select(deployment => deployment.Weight));
        Assert.Equal(["include_reasoning", "logprobs", "reasoning", "reasoning_effort", "top_logprobs"], large.Parameters.Drops.Order());
    }

    [Fact]
    public async Task Accepts_ModelThatCannotStream() =>
        Assert.False((await new ConfigurationDraft().Set("models.mini.streaming", "false").AcceptAsync()).ModelsByName["mini"].Capabilities.HasFlag(Capabilities.Streaming));

    [Fact]
    public async Task Accepts_DeploymentNamedLikeItsModel() =>
        Assert.Equal("vendor/mini", (await new ConfigurationDraft().Remove("models.mini.deployments.0.name").AcceptAsync()).ModelsByName["mini"].Deployments[0].Id);

    [Fact]
    public async Task Accepts_Parameters()
    {
        var parameters = (await new ConfigurationDraft()
            .Set("models.mini.parameters", """{"rename":{"max_tokens":"max_completion_tokens"},"drop":["logit_bias"],"default":{"stop":["\n", 1.50]},"cap":{"temperature":1}}""")
            .AcceptAsync()).ModelsByName["mini"].Parameters;

        Assert.Equal("max_completion_tokens", parameters.Renames["max_tokens"]);
        Assert.Contains("logit_bias", (IEnumerable<string>)parameters.Drops);
        var (name, json) = Assert.Single(parameters.Defaults);
        Assert.Equal(("stop", """["\n",1.50]"""), (name, Encoding.UTF8.GetString(json)));
        Assert.Equal(1, parameters.Caps["temperature"]);
    }

    [Theory]
    [InlineData("""["reasoning", "logprobs"]""", "{}")]
    [InlineData("""["reasoning"]""", "{}", "logprobs", "top_logprobs")]
    [InlineData("[]", """{"rename":{"reasoning_effort":"effort","reasoning":"thinking"}}""", "include_reasoning", "logprobs", "top_logprobs")]
    [InlineData("""["reasoning"]""", """{"cap":{"top_logprobs":5}}""", "logprobs")]
    public async Task Accepts_Model_IsNotSentWhatTunesWhatItLacks(string capabilities, string parameters, params string[] drops)
    {
        var router = await new ConfigurationDraft().Set("models.mini.capabilities", capabilities).Set("models.mini.parameters", parameters).AcceptAsync();

        Assert.Equal(drops, router.ModelsByName["mini"].Parameters.Drops.Order());
    }

    [Fact]
    public async Task Warns_ModelWithoutCapabilities() =>
        await new ConfigurationDraft().Remove("models.mini.capabilities").WarnAsync("models.mini.capabilities", "tools, vision, json_schema, json_object, audio, files, reasoning, logprobs");

    [Fact]
    public async Task Accepts_ModelThatCanDoNothingSpecial_WarnsOfNothing() =>
        Assert.Empty((await new ConfigurationDraft().Set("models.mini.capabilities", "[]").LoadAsync()).Warnings);

    [Theory]
    [InlineData("inputPerMillion", "0.0000025", "that would be 2.5 here")]
    [InlineData("outputPerMillion", "0.00001", "that would be 10 here")]
    public async Task Warns_PriceOfOneToken(string member, string price, string message) => await new ConfigurationDraft().Set($"models.mini.price.{member}", price).WarnAsync($"models.mini.price.{member}", message);

    [Theory]
    [InlineData("""{"free":true}""")]
    [InlineData("""{"inputPerMillion":0,"outputPerMillion":0}""")]
    public async Task Accepts_FreeModelThatSaysSo(string price) =>
        Assert.Equal(new ModelPrice(0, 0, 0, 0), (await new ConfigurationDraft().Set("models.mini.price", price).AcceptAsync()).ModelsByName["mini"].Price);

    [Theory]
    [InlineData("""{"inputPerMillion":1}""", "outputPerMillion")]
    [InlineData("""{"outputPerMillion":1}""", "inputPerMillion")]
    [InlineData("""{"free":false,"outputPerMillion":1}""", "inputPerMillion")]
    public async Task Rejects_PriceOfZeroByOmission(string price, string member) =>
        await new ConfigurationDraft().Set("models.mini.price", price).RejectAsync($"models.mini.price.{member}", "\"free\": true for a model that costs nothing");

    [Fact]
    public async Task Rejects_FreeModelWithPrice() =>
        await new ConfigurationDraft().Set("models.mini.price.free", "true").RejectAsync("models.mini.price.free", "yet a price is written");

    [Fact]
    public async Task Accepts_PriceOfLongPrompts_WhatIsNotWrittenRisesWithPlainInput()
    {
        var price = await PriceAsync("""
            {"inputPerMillion":3,"cachedInputPerMillion":0.3,"cacheWritePerMillion":3.75,"outputPerMillion":15,"perRequest":0.01,"above":[{"tokens":200000,"inputPerMillion":6,"outputPerMillion":22.5}]}
            """);

        Assert.Equal(6m, price.HourCacheWritePerMillion);
        var step = Assert.Single(price.Above);
        Assert.Equal(200_000, step.Tokens);
        Assert.Equal(new ModelPrice(6m, 0.6m, 7.5m, 22.5m, 0.01m) { HourCacheWritePerMillion = 12m }, step.Price);
    }

    [Fact]
    public async Task Accepts_PriceOfLongPrompts_WithEveryMember()
    {
        var price = await PriceAsync("""
            {"inputPerMillion":3,"hourCacheWritePerMillion":5,"outputPerMillion":15,
             "above":[{"tokens":200000,"inputPerMillion":6,"cachedInputPerMillion":1,"cacheWritePerMillion":7,"hourCacheWritePerMillion":11,"outputPerMillion":22.5}]}
            """);

        Assert.Equal(5m, price.HourCacheWritePerMillion);
        Assert.Equal(new ModelPrice(6m, 1m, 7m, 22.5m) { HourCacheWritePerMillion = 11m }, Assert.Single(price.Above).Price);
    }

    [Theory]
    [InlineData("""[{"tokens":2,"inputPerMillion":6,"outputPerMillion":6},{"tokens":1,"inputPerMillion":9,"outputPerMillion":9}]""", "[1].tokens", "must be more than the 2 before it")]
    [InlineData("""[{"tokens":2,"inputPerMillion":6,"outputPerMillion":6},{"tokens":2,"inputPerMillion":9,"outputPerMillion":9}]""", "[1].tokens", "must be more than the 2 before it")]
    [InlineData("""[{"tokens":0,"inputPerMillion":6,"outputPerMillion":6}]""", "[0].tokens", "is 0")]
    [InlineData("""[{"inputPerMillion":6,"outputPerMillion":6}]""", "[0].tokens", "missing")]
    [InlineData("""[{"tokens":1,"outputPerMillion":6}]""", "[0].inputPerMillion", "missing")]
    [InlineData("""[{"tokens":1,"inputPerMillion":6}]""", "[0].outputPerMillion", "missing")]
    public async Task Rejects_PriceOfLongPrompts(string above, string place, string message) =>
        await new ConfigurationDraft().Set("models.mini.price.above", above).RejectAsync($"models.mini.price.above{place}", message);

    [Fact]
    public async Task Rejects_FreeModelWithAPriceOfLongPrompts() =>
        await new ConfigurationDraft().Set("models.mini.price", """{"free":true,"above":[{"tokens":1,"inputPerMillion":6,"outputPerMillion":6}]}""")
            .RejectAsync("models.mini.price.free", "yet a price is written");

    [Theory]
    [InlineData("""[{"tokens":1,"inputPerMillion":0.1,"outputPerMillion":9}]""", "inputPerMillion")]
    [InlineData("""[{"tokens":1,"inputPerMillion":9,"outputPerMillion":0.1}]""", "outputPerMillion")]
    public async Task Warns_LongPromptsCheaperThanShortOnes(string above, string member) =>
        await new ConfigurationDraft().Set("models.mini.price.above", above).WarnAsync($"models.mini.price.above[0].{member}", "of shorter prompts");

    [Fact]
    public async Task Rejects_LongerAnswersThanTheWindow() =>
        await new ConfigurationDraft().Set("models.mini.maxOutputTokens", "128001").RejectAsync("models.mini.maxOutputTokens", "more than the contextWindow of 128000");

    [Fact]
    public async Task Rejects_UnknownProvider() =>
        await new ConfigurationDraft().Set("models.mini.deployments.0.provider", "\"vendro\"")
            .RejectAsync("models.mini.deployments[0].provider", "\"vendro\" is not a configured provider; did you mean \"vendor\"? Allowed: vendor, azure, sim");

    [Fact]
    public async Task Rejects_WeightsThatAreAllZero() =>
        await new ConfigurationDraft().Set("models.mini.deployments.0.weight", "0").RejectAsync("models.mini.deployments", "no weight above 0");

    [Fact]
    public async Task Accepts_OneDeploymentOutOfService() => await new ConfigurationDraft().Set("models.large.deployments.0.weight", "0").AcceptAsync();

    [Fact]
    public async Task Rejects_NegativeWeight() =>
        await new ConfigurationDraft().Set("models.mini.deployments.0.weight", "-1").RejectAsync("models.mini.deployments[0].weight", "is -1");

    [Fact]
    public async Task Rejects_SameDeploymentTwice() =>
        await new ConfigurationDraft().Set("models.large.deployments.0.provider", "\"vendor\"").RejectAsync("models.large.deployments[1]", "same provider and name");

    [Fact]
    public async Task Rejects_ParameterRenamedAndDropped() =>
        await new ConfigurationDraft().Set("models.mini.parameters", """{"rename":{"a":"b"},"drop":["a"]}""").RejectAsync("models.mini.parameters.drop", "\"a\"");

    [Theory]
    [InlineData("auto", "routes.auto", "is also the name of a model")]
    [InlineData("gpt:nitro", "models[\"gpt:nitro\"]", "ends with :nitro")]
    [InlineData("two words", "models[\"two words\"]", "visible ASCII characters")]
    public async Task Rejects_ModelName(string name, string path, string message) =>
        await new ConfigurationDraft().Set($"models.{name}", """{"price":{"free":true},"contextWindow":1000,"quality":{"default":0.5},"deployments":[{"provider":"sim"}]}""")
            .RejectAsync(path, message);

    [Fact]
    public async Task Warns_ModelWithoutDefaultQuality() =>
        await new ConfigurationDraft().Remove("models.mini.quality").WarnAsync("models.mini.quality", "0.5 is assumed");

    [Fact]
    public async Task Warns_CachedInputDearerThanPlain() =>
        await new ConfigurationDraft().Set("models.mini.price.cachedInputPerMillion", "1").WarnAsync("models.mini.price.cachedInputPerMillion", "more than the 0.15 of plain input");

    private static async Task<ModelPrice> PriceAsync(string price) => (await new ConfigurationDraft().Set("models.mini.price", price).AcceptAsync()).ModelsByName["mini"].Price;
}
