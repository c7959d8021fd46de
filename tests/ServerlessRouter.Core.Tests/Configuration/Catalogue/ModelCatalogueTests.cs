using System.Text;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Catalogue;

public sealed class ModelCatalogueTests
{
    private const int MaxBytes = 320_000;

    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Core", "Configuration", "Catalogue");

    [Fact]
    public void Shipped_IsSmallAndSaysWhereItIsFrom()
    {
        var catalogue = ModelCatalogue.Shipped;

        Assert.InRange(new FileInfo(Path.Combine(Folder, "catalogue.json")).Length, 1, MaxBytes);
        Assert.Matches(@"^20\d\d-\d\d-\d\d\.[0-9a-f]{6}$", catalogue.Version);
        Assert.All(catalogue.Sources, static source => Assert.Equal("MIT", source.Licence));
        Assert.Equal(["anomalyco/models.dev", "pydantic/genai-prices"], catalogue.Sources.Select(static source => source.Name).Order());
        Assert.All(["LICENSE.genai-prices", "LICENSE.models.dev"], static notice => Assert.Contains("Permission is hereby granted", File.ReadAllText(Path.Combine(Folder, notice)), StringComparison.Ordinal));
    }

    [Fact]
    public void Shipped_EveryVendor_IsAKindOfProvider() =>
        Assert.Empty(ModelCatalogue.Shipped.Vendors.Except(ProviderKinds.All.Select(static kind => kind.Name)));

    [Fact]
    public void Shipped_EveryModel_FitsTheConfiguration()
    {
        var findings = new Findings();
        foreach (var model in ModelCatalogue.Shipped.Models)
        {
            // As the only model of a configuration: what is in the catalogue must be as valid as what is written.
            var text = $$"""{ "providers": { "p": { "kind": "simulated" } }, "models": { "{{model.Name}}": {{model.ConfigJson.GetRawText()}} } }""";
            using var json = System.Text.Json.JsonDocument.Parse(text);
            new ShapeReader(findings, new NameTables(ProviderKinds.All)).Read(json.RootElement);
            Assert.True(model.Config is { ContextWindow: null or > 0, MaxOutputTokens: null or > 0 }, model.ToString());
            Assert.True(model.Config.MaxOutputTokens is null || model.Config.MaxOutputTokens <= model.Config.ContextWindow, model.ToString());
            var abilities = ModelAbilities.Of(model.Config);
            Assert.True(abilities.HasFlag(Capabilities.Embeddings) || (model.IsEstimated && model.Config.Quality?.Count == TaskKinds.Count + 1), model.ToString());
            Assert.Equal(model.Config.Price is null, model.Priced is null);
            Assert.True(abilities.HasFlag(Capabilities.Reasoning) == (model.Reasoning is not null), model.ToString());
            Assert.All(model.Evidence, static evidence => Assert.StartsWith("https://", evidence.Source, StringComparison.Ordinal));
        }

        Assert.Empty(findings.Errors);
    }

    [Theory]
    [InlineData("openai", "gpt-5-mini", 0.25, 2)]
    [InlineData("anthropic", "claude-haiku-4-5", 1, 5)]
    [InlineData("gemini", "gemini-2.5-flash", 0.3, 2.5)]
    [InlineData("groq", "openai/gpt-oss-120b", 0.15, 0.6)]
    public void Find_PublishedPrices_AreThere(string vendor, string name, double input, double output)
    {
        var price = ModelCatalogue.Shipped.Find(vendor, name)!.Config.Price!;

        Assert.Equal(((decimal)input, (decimal)output), (price.InputPerMillion!.Value, price.OutputPerMillion!.Value));
    }

    [Fact]
    public void Find_DatedPrice_IsTheOneOfTheCataloguesDay()
    {
        var model = ModelCatalogue.Shipped.Find("deepseek", "deepseek-v4-pro")!;

        Assert.Equal("2026-08-17", model.Priced);
        Assert.Equal(0.66m, model.Config.Price!.InputPerMillion);
        Assert.Contains("UTC", model.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ServiceTiersLongPromptsAndCacheOfAnHour_AreCarried()
    {
        var tiers = ListPrices.Of(ModelCatalogue.Shipped.Find("openai", "gpt-5.5")!.Config.Price!);
        var hour = ListPrices.Of(ModelCatalogue.Shipped.Find("anthropic", "claude-opus-4-8")!.Config.Price!);

        Assert.Equal((2.5m, 12.5m), (tiers.In("flex")!.InputPerMillion, tiers.In("priority")!.InputPerMillion));
        Assert.Equal((10m, 5m), (tiers.At(300_000).InputPerMillion, tiers.In("flex")!.At(300_000).InputPerMillion));
        Assert.Null(tiers.In("scale"));
        Assert.Equal((6.25m, 10m, 0.5m), (hour.CacheWritePerMillion, hour.HourCacheWritePerMillion, hour.CachedInputPerMillion));
    }

    [Fact]
    public void Named_OneModelOfSeveralVendors_IsFoundAtEach() =>
        Assert.Equal(["azure-openai", "openai"], ModelCatalogue.Shipped.Named("gpt-5-mini").Select(static model => model.Vendor).Order());

    [Theory]
    [InlineData("gpt-17")]
    [InlineData("")]
    [InlineData("version")]
    public void Named_Unknown_IsEmpty(string name)
    {
        Assert.Empty(ModelCatalogue.Shipped.Named(name));
        Assert.Null(ModelCatalogue.Shipped.Find("openai", name));
        Assert.Null(ModelCatalogue.Shipped.Find(name, "gpt-5-mini"));
    }

    [Fact]
    public void Find_Reasoning_SaysItsForm()
    {
        static (string, int, int?) Form(string vendor, string name) =>
            ModelCatalogue.Shipped.Find(vendor, name)!.Reasoning is { } reasoning ? (reasoning.Form, reasoning.Levels.Length, reasoning.MinTokens) : ("", 0, null);

        Assert.Equal(("effort", 4, null), Form("openai", "gpt-5-mini"));
        Assert.Equal(("budget", 0, 1024), Form("anthropic", "claude-haiku-4-5"));
        Assert.Equal(("adaptive", 5, null), Form("anthropic", "claude-opus-4-8"));
        Assert.Equal(("", 0, null), Form("openai", "gpt-4.1"));
    }

    [Fact]
    public void Parse_AnotherCatalogue_IsRead()
    {
        var catalogue = ModelCatalogue.Parse(Encoding.UTF8.GetBytes(
            """{"version":"1","sources":[],"evidence":{"m":[{"task":"code","name":"B","score":1.5,"source":"https://b"}]},"models":{"openai":{"m":{"input":["text"],"evidence":"m","config":{"contextWindow":5}}}}}"""));

        var model = Assert.Single(catalogue.Models);
        Assert.Equal(("openai/m", 5, "B"), (model.ToString(), model.Config.ContextWindow, model.Evidence[0].Benchmark));
    }
}
