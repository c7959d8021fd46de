using System.Text;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ShapeTests
{
    [Theory]
    [InlineData("routes.auto.fallback", "[\"mini\"]", "routes.auto.fallback", "there is no member \"fallback\" here; did you mean \"fallbacks\"? Allowed: rules, candidates")]
    [InlineData("modles", "{}", "modles", "did you mean \"models\"?")]
    [InlineData("models.mini.price.inputPerMilion", "1", "models.mini.price.inputPerMilion", "did you mean \"inputPerMillion\"?")]
    [InlineData("models.mini.quality.coding", "0.5", "models.mini.quality.coding", "Allowed: default, code, math")]
    [InlineData("routes.auto.rules.0.when.tasks", "\"code\"", "routes.auto.rules[0].when.tasks", "did you mean \"task\"?")]
    [InlineData("tiers.pro.downgradeUpTo", "1.5", "tiers.pro.downgradeUpTo", "there is no member \"downgradeUpTo\" here; it is a member of \"atLimit\"")]
    [InlineData("tiers.pro.queueSeconds", "5", "tiers.pro.queueSeconds", "it is a member of \"atLimit\"")]
    public async Task Rejects_UnknownMember(string member, string json, string path, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(path, message);

    [Theory]
    [InlineData("models.mini.contextWindow", "\"big\"", "must be a whole number, but is \"big\"")]
    [InlineData("models.mini.contextWindow", "1.5", "must be a whole number of at most 2147483647, but is 1.5")]
    [InlineData("models.mini.contextWindow", "99999999999", "must be a whole number of at most 2147483647, but is 99999999999")]
    [InlineData("models.mini.contextWindow", "null", "must be a whole number, but is null; leave the member out instead")]
    [InlineData("models.mini.price", "0.3", "must be an object, but is 0.3")]
    [InlineData("models.mini.price.inputPerMillion", "1e400", "must be a number the router can hold")]
    [InlineData("models.mini.price.inputPerMillion", "\"0.15\"", "must be a number, but is \"0.15\"")]
    [InlineData("models.mini.capabilities", "\"tools\"", "must be a list, but is \"tools\"")]
    [InlineData("models.mini.streaming", "\"no\"", "must be true or false, but is \"no\"")]
    [InlineData("providers.azure.region", "7", "must be a text, but is 7")]
    [InlineData("providers.azure.region", "\" \"", "is an empty text")]
    [InlineData("routes.auto", "[]", "must be an object, but is a list")]
    public async Task Rejects_WrongKindOfValue(string member, string json, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(member, message);

    [Theory]
    [InlineData("models.mini.contextWindow", "0", "is 0, but must be 1 or more")]
    [InlineData("routes.auto.objective.minimumQuality", "1.2", "is 1.2, but must be between 0 and 1")]
    [InlineData("models.large.quality.code", "-0.1", "is -0.1, but must be between 0 and 1")]
    [InlineData("models.mini.price.outputPerMillion", "-1", "is -1, but must be between 0 and 1000000")]
    [InlineData("tiers.pro.minimumQuality", "2", "must be between 0 and 1")]
    public async Task Rejects_NumberOutOfRange(string member, string json, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(member, message);

    [Theory]
    [InlineData("providers.vendor.kind", "\"open-ai\"", "providers.vendor.kind", "\"open-ai\" is not known; did you mean \"openai\"? Allowed: openai, azure-openai, anthropic, simulated")]
    [InlineData("models.mini.balancing", "\"leastbusy\"", "models.mini.balancing", "did you mean \"least-busy\"?")]
    [InlineData("models.mini.capabilities.0", "\"tool\"", "models.mini.capabilities[0]", "did you mean \"tools\"?")]
    [InlineData("routes.auto.objective.prefer", "\"speed\"", "routes.auto.objective.prefer", "\"speed\" is not known. Allowed: cost, latency, quality, order")]
    [InlineData("routes.auto.onContentFilter", "\"retry\"", "routes.auto.onContentFilter", "Allowed: fail, next")]
    [InlineData("tiers.pro.budget", """{"usd":1,"per":"year"}""", "tiers.pro.budget.per", "Allowed: hour, day, week, month")]
    public async Task Rejects_UnknownName(string member, string json, string path, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(path, message);

    [Theory]
    [InlineData("models.mini.contextWindow")]
    [InlineData("models.mini.price")]
    [InlineData("routes.auto.candidates")]
    [InlineData("providers.vendor.kind")]
    [InlineData("keys.team-a.secret")]
    public async Task Rejects_MissingMember(string member) => await new ConfigurationDraft().Remove(member).RejectAsync(member, "is missing");

    [Fact]
    public async Task Rejects_BudgetWithoutMoney() => await new ConfigurationDraft().Set("tiers.pro.budget", """{"per":"month"}""").RejectAsync("tiers.pro.budget.usd", "is missing");

    [Fact]
    public async Task Rejects_MemberWrittenTwice()
    {
        var text = Encoding.UTF8.GetString(ConfigurationDraft.ValidText).Replace("\"kind\": \"simulated\"", "\"kind\": \"simulated\", \"kind\": \"openai\"", StringComparison.Ordinal);

        var error = Assert.Single((await ConfigurationDraft.Loader().LoadAsync(Encoding.UTF8.GetBytes(text))).Errors);

        Assert.Equal("providers.sim.kind: is written twice; only one can hold", error.ToString());
    }

    [Fact]
    public async Task Rejects_EverythingWrongAtOnce()
    {
        var result = await new ConfigurationDraft()
            .Set("models.mini.contextWindow", "\"big\"").Set("routes.auto.candidates.1", "\"larg\"").Set("server", "{\"maxBytes\":1}").Set("providers.vendor.kind", "\"acme\"")
            .LoadAsync();

        Assert.Equal(
            ["models.mini.contextWindow", "providers.vendor.kind", "routes.auto.candidates[1]", "server.maxBytes"],
            result.Errors.Select(error => error.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rejects_MistakeUnderANameWithASlash_QuotesTheNameInThePath() =>
        await new ConfigurationDraft().Set("tiers.v1/5", """{"minimumQuality":"high"}""")
            .RejectAsync("tiers[\"v1/5\"].minimumQuality", "must be a number, but is \"high\"");

    [Fact]
    public async Task Rejects_ReferenceToWhatDoesNotExist_OnlyWhereItStands() =>
        await new ConfigurationDraft().Set("tiers.pro.routes.0", "\"gpt-4.1\"")
            .RejectAsync("tiers.pro.routes[0]", "\"gpt-4.1\" is not a configured route or model. Allowed: auto, mini, large");

    [Fact]
    public async Task Accepts_CommentsTrailingCommasAndByteOrderMark()
    {
        var text = "\uFEFF// the team's router\n" + Encoding.UTF8.GetString(ConfigurationDraft.ValidText).Replace("\"kind\": \"simulated\" }", "\"kind\": \"simulated\", /* free */ }", StringComparison.Ordinal);

        Assert.Empty((await ConfigurationDraft.Loader().LoadAsync(Encoding.UTF8.GetBytes(text))).Errors);
    }

    [Theory]
    [InlineData("", "The configuration is empty.")]
    [InlineData("  \n", "The configuration is empty.")]
    [InlineData("[]", "must be an object, but is a list")]
    [InlineData("{\n  \"models\": {\n    \"mini\" 1 } }", "line 3, column 12: A ':' is missing behind the name.")]
    [InlineData("{\n  \"models\": {", "line 2, column 14: The text ends here, but the object that begins on line 2 is not closed; add '}'")]
    [InlineData("providers:\n  openai:\n    kind: openai\n", "line 1, column 1: This looks like YAML, but JSON is expected")]
    [InlineData("{\n \"models\": { \"\\ud800\": 1 } }", "line 2, column 14: The text has a \\u escape that is half of a character;")]
    public async Task Rejects_WhatIsNoConfigurationAtAll(string text, string message)
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(Encoding.UTF8.GetBytes(text));

        Assert.Null(result.Model);
        Assert.StartsWith(message, result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejects_TextThatIsNotUtf8()
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(new byte[] { (byte)'{', 0xC3, 0x28, (byte)'}' });

        Assert.Contains("not UTF-8", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
