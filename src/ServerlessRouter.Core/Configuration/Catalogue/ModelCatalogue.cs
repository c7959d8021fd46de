using System.Collections.Immutable;
using System.Text.Json;

namespace ServerlessRouter.Configuration.Catalogue;

/// <summary>What is known of vendors' current models: prices, limits, abilities and expected quality, by the vendor's name among the kinds of provider.</summary>
/// <remarks>
/// The file ships with the router and is never fetched: a price changes with the version of the router, and every record names the version it was billed by. It is parsed when a configuration first needs it,
/// and of each model only what is asked for is read.
/// </remarks>
public sealed class ModelCatalogue
{
    private const string ResourceName = "catalogue.json";

    private static readonly Lazy<ModelCatalogue> Loaded = new(static () => Parse(ReadResource()));

    private readonly JsonElement _models;
    private readonly JsonElement _evidence;

    private ModelCatalogue(JsonElement document)
    {
        Version = document.GetProperty("version").GetString()!;
        Sources = [.. document.GetProperty("sources").EnumerateArray().Select(CatalogueSource.Read)];
        _models = document.GetProperty("models");
        _evidence = document.GetProperty("evidence");
    }

    /// <summary>The one that ships.</summary>
    public static ModelCatalogue Shipped => Loaded.Value;

    /// <summary>The day its prices are of and a hash of what it says: <c>2026-11-30.1a2b3c</c>.</summary>
    public string Version { get; }

    /// <summary>Where it is from.</summary>
    public ImmutableArray<CatalogueSource> Sources { get; }

    /// <summary>The vendors whose models it knows, by kind of provider.</summary>
    public IEnumerable<string> Vendors => _models.EnumerateObject().Select(static vendor => vendor.Name);

    /// <summary>All models, by vendor.</summary>
    public IEnumerable<CatalogueModel> Models =>
        _models.EnumerateObject().SelectMany(vendor => vendor.Value.EnumerateObject().Select(model => new CatalogueModel(vendor.Name, model.Name, model.Value, _evidence)));

    /// <summary>Reads a catalogue's text, which must be one that the generator wrote.</summary>
    public static ModelCatalogue Parse(ReadOnlyMemory<byte> text)
    {
        // It lives as long as the catalogue: a copy would take as long as reading it.
        return new ModelCatalogue(JsonDocument.Parse(text).RootElement);
    }

    /// <summary>A vendor's model; null where it is not known.</summary>
    /// <param name="vendor">The kind of provider.</param>
    /// <param name="name">What the vendor calls the model.</param>
    public CatalogueModel? Find(string vendor, string name) =>
        _models.TryGetProperty(vendor, out var models) && models.TryGetProperty(name, out var model) ? new CatalogueModel(vendor, name, model, _evidence) : null;

    /// <summary>The models of this name, one for each vendor that has it.</summary>
    public ImmutableArray<CatalogueModel> Named(string name)
    {
        var found = ImmutableArray.CreateBuilder<CatalogueModel>();
        foreach (var vendor in _models.EnumerateObject())
        {
            if (vendor.Value.TryGetProperty(name, out var model))
                found.Add(new CatalogueModel(vendor.Name, name, model, _evidence));
        }

        return found.DrainToImmutable();
    }

    private static byte[] ReadResource()
    {
        using var resource = typeof(ModelCatalogue).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly was built without its resource {ResourceName}.");
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }
}

/// <summary>What a catalogue was made from.</summary>
/// <param name="Name">For example <c>pydantic/genai-prices</c>.</param>
/// <param name="State">The commit or version.</param>
/// <param name="Date">The day of that state.</param>
/// <param name="Licence">For example <c>MIT</c>.</param>
public sealed record CatalogueSource(string Name, string State, string Date, string Licence)
{
    internal static CatalogueSource Read(JsonElement source) =>
        new(source.GetProperty("name").GetString()!, source.GetProperty("state").GetString()!, source.GetProperty("date").GetString()!, source.GetProperty("licence").GetString()!);
}
