using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Compares the prices that are written in a configuration, or that another catalogue has, with those of a catalogue.</summary>
public static class CatalogueComparison
{
    private const string None = "none";

    /// <summary>Where the prices a configuration writes differ; a model that the catalogue does not know, or whose price it takes from there, differs in nothing.</summary>
    /// <param name="document">The configuration's text.</param>
    /// <param name="kinds">The kinds of provider that may be named.</param>
    /// <param name="catalogue">What its prices are compared with.</param>
    /// <exception cref="FormatException">It is not JSON; the message says where.</exception>
    public static IReadOnlyList<PriceDifference> OfConfiguration(ReadOnlyMemory<byte> document, IReadOnlyList<ProviderKind> kinds, ModelCatalogue catalogue)
    {
        if (JsonSyntax.Check(document.Span) is { } broken)
            throw new FormatException(broken.ToString());
        using var json = JsonDocument.Parse(document, JsonSyntax.Options);
        var config = new ShapeReader(new Findings(), new NameTables(kinds)).Read(json.RootElement);
        var lookup = new CatalogueLookup(config, kinds, new Lazy<ModelCatalogue>(catalogue));
        var differences = new List<PriceDifference>();
        foreach (var (name, model) in config.Models.Entries())
        {
            if (model.Price is not { } written)
                continue;
            foreach (var known in model.Deployments.Entries().Select(entry => lookup.Find(name, entry.Value)).OfType<CatalogueModel>().DistinctBy(static known => known.Vendor))
                AddTo(differences, name, known, written);
        }

        return differences;
    }

    /// <summary>Where another catalogue's prices differ, of models that both have.</summary>
    public static IReadOnlyList<PriceDifference> OfCatalogue(ModelCatalogue other, ModelCatalogue catalogue)
    {
        var differences = new List<PriceDifference>();
        foreach (var model in other.Models)
        {
            if (model.Config.Price is { } price && catalogue.Find(model.Vendor, model.Name) is { } known)
                AddTo(differences, model.Name, known, price);
        }

        return differences;
    }

    private static void AddTo(List<PriceDifference> differences, string name, CatalogueModel known, PriceConfig written)
    {
        if (known.Config.Price is not { } listed)
            return;
        var (here, there) = (Parts(ListPrices.Of(written)), Parts(ListPrices.Of(listed)));
        foreach (var part in here.Keys.Union(there.Keys))
        {
            var (one, other) = (here.GetValueOrDefault(part, None), there.GetValueOrDefault(part, None));
            // A tier that is not written is not asked for: nothing would be billed wrongly.
            if (one != other && !(one == None && part.StartsWith("tiers.", StringComparison.Ordinal)))
                differences.Add(new PriceDifference(name, known.Vendor, known.Name, part, one, other));
        }
    }

    /// <summary>Every figure of a price by the member that writes it.</summary>
    private static Dictionary<string, string> Parts(ModelPrice price)
    {
        var parts = new Dictionary<string, string>();
        AddAll("", price);
        Add("perRequest", price.PerRequest);
        foreach (var step in price.Above)
            AddAll($"above {step.Tokens}: ", step.Price);
        foreach (var (tier, priced) in price.Tiers)
            AddAll($"tiers.{tier}.", priced);
        return parts;

        void AddAll(string prefix, ModelPrice figures)
        {
            Add($"{prefix}inputPerMillion", figures.InputPerMillion);
            Add($"{prefix}cachedInputPerMillion", figures.CachedInputPerMillion);
            Add($"{prefix}cacheWritePerMillion", figures.CacheWritePerMillion);
            Add($"{prefix}hourCacheWritePerMillion", figures.HourCacheWritePerMillion);
            Add($"{prefix}outputPerMillion", figures.OutputPerMillion);
        }

        void Add(string member, decimal amount) => parts[member] = amount.ToString("0.######", CultureInfo.InvariantCulture);
    }
}

/// <summary>A figure of a price that is not the catalogue's.</summary>
/// <param name="Model">The model's name where it is written.</param>
/// <param name="Vendor">The vendor it is called at.</param>
/// <param name="Name">What the vendor calls it.</param>
/// <param name="Member">Which figure.</param>
/// <param name="Written">USD as written; <c>none</c> where it is not.</param>
/// <param name="Catalogue">USD in the catalogue; <c>none</c> where it has none.</param>
public sealed record PriceDifference(string Model, string Vendor, string Name, string Member, string Written, string Catalogue);
