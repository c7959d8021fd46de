using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>Which candidates can never come first, as far as what is written decides.</summary>
public class PrecedenceTests
{
    private const string CheapFirst = """{"prefer":"cost","minimumQuality":0.7}""";

    [Theory]
    [InlineData("""{"default":0.62}""", CheapFirst, "its best quality is 0.62, below objective.minimumQuality of 0.7, and \"large\" is better at every task; state under models.mini.quality")]
    [InlineData("""{"default":0.62,"chat":0.69}""", CheapFirst, "its best quality is 0.69")]
    [InlineData("""{"default":0.62}""", """{"prefer":"order","minimumQuality":0.7}""", "its best quality is 0.62")]
    [InlineData("""{"default":0.62}""", """{"prefer":"latency","minimumQuality":0.7}""", "its best quality is 0.62")]
    [InlineData("""{"default":0.62}""", """{"weights":{"cost":9},"minimumQuality":0.7}""", "its best quality is 0.62")]
    [InlineData("""{"default":0.62}""", """{"prefer":"quality"}""", "\"large\" is better at every task; name it under fallbacks only")]
    public async Task Warns_WeakCandidate_NeverComesFirst(string miniQuality, string objective, string message) => await AssertWarnedAsync(0, message, Document(miniQuality, objective));

    [Theory]
    [InlineData("""{"default":0.62}""", """{"prefer":"cost"}""", "\"mini\" costs no more and is always good enough (objective.minimumQuality is 0); raise minimumQuality")]
    [InlineData("""{"default":0.62}""", "{}", "\"mini\" costs no more and is always good enough")]
    [InlineData("""{"default":0.8}""", CheapFirst, "\"mini\" costs no more and is always good enough (objective.minimumQuality is 0.7)")]
    [InlineData("""{"default":0.85}""", """{"prefer":"cost","minimumQuality":0.85}""", "\"mini\" costs no more and is no worse at any task")]
    [InlineData("""{"default":0.85}""", """{"weights":{"quality":2,"cost":1}}""", "\"mini\" costs no more and is no worse at any task; name it under fallbacks only")]
    public async Task Warns_DearCandidate_NeverComesFirst(string miniQuality, string objective, string message) => await AssertWarnedAsync(1, message, Document(miniQuality, objective));

    [Theory]
    [InlineData("""{"default":0.62,"chat":0.8}""", CheapFirst)]
    [InlineData("""{"default":0.62}""", """{"prefer":"order"}""")]
    [InlineData("""{"default":0.62}""", """{"prefer":"latency"}""")]
    [InlineData("""{"default":0.62}""", """{"weights":{"quality":1,"cost":1}}""")]
    [InlineData("""{"default":0.85}""", """{"weights":{"quality":2,"cost":1,"latency":1}}""")]
    [InlineData("""{"default":0.62,"chat":0.86}""", """{"prefer":"quality"}""")]
    public async Task Accepts_CandidatesThatEachComeFirstAtSomething(string miniQuality, string objective) => await AssertQuietAsync(Document(miniQuality, objective));

    [Theory]
    [InlineData("models.mini.contextWindow", "900000")]
    [InlineData("models.mini.capabilities", """["tools","vision"]""")]
    [InlineData("routes.auto.rules", """[{"when":{"task":"chat"},"use":["mini"]}]""")]
    [InlineData("routes.auto.cascade", """{"steps":["mini","large"]}""")]
    [InlineData("routes.auto.constraints", """{"regions":["east"]}""")]
    public async Task Accepts_WeakCandidate_WhereOnlyItCanAnswerSomeRequestsOrItsOrderIsWritten(string path, string json)
    {
        var document = Document("""{"default":0.62}""", CheapFirst);
        var steps = path.Split('.');
        document[steps[0]]![steps[1]]![steps[2]] = JsonNode.Parse(json);

        await AssertQuietAsync(document);
    }

    [Fact]
    public async Task Warns_OnlyTuningSetsThemApart_TheWeakOneStillNeverComesFirst()
    {
        var document = Document("""{"default":0.62}""", CheapFirst);
        document["models"]!["mini"]!["capabilities"] = JsonNode.Parse("""["tools","reasoning","logprobs"]""");

        await AssertWarnedAsync(0, "never comes first", document);
    }

    private static JsonObject Document(string miniQuality, string objective) => (JsonObject)JsonNode.Parse($$"""
        {
          "providers": { "one": { "kind": "simulated", "region": "east" }, "two": { "kind": "simulated", "region": "east" } },
          "models": {
            "mini":  { "price": { "inputPerMillion": 0.15, "outputPerMillion": 0.60 }, "contextWindow": 128000, "capabilities": ["tools"],
                       "quality": {{miniQuality}}, "deployments": [{ "provider": "one" }] },
            "large": { "price": { "inputPerMillion": 2.50, "outputPerMillion": 10.00 }, "contextWindow": 128000, "capabilities": ["tools"],
                       "quality": { "default": 0.85 }, "deployments": [{ "provider": "two" }] }
          },
          "routes": { "auto": { "candidates": ["mini", "large"], "objective": {{objective}} } }
        }
        """)!;

    private static async Task AssertWarnedAsync(int place, string message, JsonObject document)
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(Encoding.UTF8.GetBytes(document.ToJsonString()));

        Assert.Empty(result.Errors);
        var warning = Assert.Single(result.Warnings, static warning => warning.Path.Contains("candidates", StringComparison.Ordinal));
        Assert.Equal($"routes.auto.candidates[{place}]", warning.Path);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
    }

    private static async Task AssertQuietAsync(JsonObject document)
    {
        var result = await ConfigurationDraft.Loader().LoadAsync(Encoding.UTF8.GetBytes(document.ToJsonString()));

        Assert.Empty(result.Errors);
        Assert.DoesNotContain(result.Warnings, static warning => warning.Path.Contains("candidates", StringComparison.Ordinal));
    }
}
