using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A model by its catalogue name alone, from the request to the bill; and the catalogue on the command line.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-catalogue-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CatalogueModel_IsAskedAsItsVendorTakesItAndBilledByTheCatalogue(bool stream)
    {
        await using var vendor = await FakeUpstream.StartAsync();
        vendor.Default(Reply.Text("Hello.").Usage(1000, 100));
        var file = $$"""
            { "providers": { "groq": { "kind": "groq", "endpoint": "{{vendor.OpenAiAddress}}", "credential": "none" } }, "records": { "keepDays": 1 },
              "routes": { "auto": { "candidates": ["openai/gpt-oss-20b"] } } }
            """;
        await using var router = await RunningRouter.StartAsync(file);
        var body = ChatBodies.With(ChatBodies.With(ChatBodies.For(stream), "logit_bias", "{}"), "reasoning_effort", "\"xhigh\"");
        if (stream)
            body = ChatBodies.With(body, "stream_options", """{"include_usage":true}""");

        var answer = await router.ChatAsync(body, ("x-request-id", "one"), ("x-router-metadata", "enabled"));

        Assert.Equal((HttpStatusCode.OK, "Hello."), (answer.Status, answer.Text));
        Assert.Equal(0.000105m, answer.CostUsd);
        var sent = vendor.Books.Requests[0].Json!;
        Assert.Equal(("openai/gpt-oss-20b", "high"), ((string?)sent["model"], (string?)sent["reasoning_effort"]));
        Assert.False(sent.ContainsKey("logit_bias"));
        var adjusted = answer.Metadata!["adjusted"]!.AsArray().Select(static change => $"{change!["param"]}: {change["from"]} to {change["to"]}");
        Assert.Equal(["logit_bias: {} to ", "reasoning_effort: xhigh to high"], adjusted);
        await Eventually.HoldsAsync(async () => (await router.GetAsync("v1/requests/one")).Status == HttpStatusCode.OK, "the record of the request");
        var record = (await router.GetAsync("v1/requests/one")).Json;
        Assert.Equal(ModelCatalogue.Shipped.Version, (string?)record["price_version"]);
        Assert.Equal(ModelCatalogue.Shipped.Version, (string?)record["attempts"]![0]!["price_version"]);
    }

    [Fact]
    public async Task List_Vendor_ShowsItsModels()
    {
        var table = await RouterProcess.RunAsync("catalogue", "list", "--vendor", "groq");
        var json = await RouterProcess.RunAsync("catalogue", "list", "--vendor", "groq", "--json");

        Assert.Equal((0, 0), (table.ExitCode, json.ExitCode));
        Assert.Matches(@"groq +openai/gpt-oss-120b +0\.15 ", table.Output);
        Assert.Contains(ModelCatalogue.Shipped.Version, table.Output, StringComparison.Ordinal);
        Assert.All(JsonNode.Parse(json.Output)!["models"]!.AsArray(), static model => Assert.Equal("groq", (string?)model!["vendor"]));
    }

    [Fact]
    public async Task Show_Model_SaysWhatIsKnownAndWhatToWrite()
    {
        var run = await RouterProcess.RunAsync("catalogue", "show", "gpt-5-mini");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            ["gpt-5-mini at openai", "gpt-5-mini at azure-openai", "effort: minimal, low, medium, high", "o200k_base", "estimated", "\"inputPerMillion\": 0.25"],
            text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_Unknown_SuggestsTheNearest()
    {
        var run = await RouterProcess.RunAsync("catalogue", "show", "gpt-5-mimi");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("The catalogue has no model 'gpt-5-mimi'. Did you mean gpt-5-mini", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_Configuration_ListsPricesThatDiffer()
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(
            path,
            """{ "providers": { "o": { "kind": "openai" } }, "models": { "gpt-5-mini": { "price": { "inputPerMillion": 0.5, "cachedInputPerMillion": 0.025, "outputPerMillion": 2 }, "contextWindow": 9, "deployments": [{ "provider": "o" }] } } }""");

        var differs = await RouterProcess.RunAsync("catalogue", "diff", path);
        var same = await RouterProcess.RunAsync("catalogue", "diff", Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Core", "Configuration", "Catalogue", "catalogue.json"));
        var missing = await RouterProcess.RunAsync("catalogue", "diff", Path.Combine(_folder.FullName, "none.json"));

        Assert.Equal((1, 0, 1), (differs.ExitCode, same.ExitCode, missing.ExitCode));
        Assert.Matches(@"gpt-5-mini +openai +gpt-5-mini +inputPerMillion +0\.5 +0\.25", differs.Output);
        Assert.Contains("No price differs", same.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", missing.Error, StringComparison.Ordinal);
    }
}
