using System.Text;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Catalogue;

public sealed class CatalogueComparisonTests
{
    [Fact]
    public void OfConfiguration_PriceThatDiffers_IsTold()
    {
        var differences = Of(
            """
            { "providers": { "a": { "kind": "openai" } },
              // The cached price is that of last year.
              "models": { "mini": { "price": { "inputPerMillion": 0.25, "cachedInputPerMillion": 0.125, "outputPerMillion": 2 }, "contextWindow": 1, "deployments": [{ "provider": "a", "name": "gpt-5-mini" }] } } }
            """);

        // What reads from the cache costs as told; a write costs what plain input does in both.
        Assert.Equal([new PriceDifference("mini", "openai", "gpt-5-mini", "cachedInputPerMillion", "0.125", "0.025")], differences);
    }

    [Theory]
    [InlineData("""{ "gpt-5-mini": {} }""")]
    [InlineData("""{ "gpt-5-mini": { "price": { "inputPerMillion": 0.25, "cachedInputPerMillion": 0.025, "outputPerMillion": 2 }, "contextWindow": 1, "deployments": [{ "provider": "a" }] } }""")]
    [InlineData("""{ "own": { "price": { "inputPerMillion": 9, "outputPerMillion": 9 }, "contextWindow": 1, "deployments": [{ "provider": "a" }] } }""")]
    public void OfConfiguration_SamePriceOrNone_DiffersInNothing(string models) => Assert.Empty(Of($$"""{ "providers": { "a": { "kind": "openai" } }, "models": {{models}} }"""));

    [Fact]
    public void OfConfiguration_NoJson_SaysWhere() => Assert.Contains("line 1", Assert.Throws<FormatException>(() => Of("{ nonsense")).Message, StringComparison.Ordinal);

    [Fact]
    public void OfCatalogue_ItsOwn_DiffersInNothing() => Assert.Empty(CatalogueComparison.OfCatalogue(ModelCatalogue.Shipped, ModelCatalogue.Shipped));

    private static IReadOnlyList<PriceDifference> Of(string text) => CatalogueComparison.OfConfiguration(Encoding.UTF8.GetBytes(text), ProviderKinds.All, ModelCatalogue.Shipped);
}
