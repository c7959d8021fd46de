using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>The catalogue's text, and what the sources disagree on.</summary>
internal sealed record MadeCatalogue(byte[] Text, string Version, int Count, IReadOnlyList<Difference> Differences);

/// <summary>Joins the sources to one catalogue: 1 a vendor's current models, 2 their successors and the models of others it serves, 3 one line of JSON each.</summary>
internal sealed class CatalogueMaker(Sources sources, string date)
{
    /// <summary>What came out before is history: of the vendors that make models, and of those that serve the models of others.</summary>
    private const string EarliestOfMakers = "2024-05-01", EarliestOfHosts = "2025-03-01";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Quality _quality = new(sources.Models, date);
    private readonly List<Difference> _differences = [];

    /// <summary>By what the names of a model have in common: many vendors serve one model.</summary>
    private readonly SortedDictionary<string, JsonArray> _evidence = new(StringComparer.Ordinal);

    public MadeCatalogue Make()
    {
        var vendors = Curated.Vendors.Select(vendor => (vendor.Kind, Lines: Lines(vendor))).ToList();
        var models = new StringBuilder();
        foreach (var (kind, lines) in vendors)
            models.Append(models.Length == 0 ? "" : ",\n").Append("    ").Append(JsonSerializer.Serialize(kind, Plain)).Append(": {\n").AppendJoin(",\n", lines.Select(static line => $"      {line}")).Append("\n    }");
        var version = $"{date}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(models.ToString())))[..6]}";
        var text = $$"""
            {
              "version": "{{version}}",
              "sources": [
                {{Source("pydantic/genai-prices", sources.PricesState)}},
                {{Source("anomalyco/models.dev", sources.ModelsState)}}
              ],
              "evidence": {
            {{string.Join(",\n", _evidence.Select(static entry => $"    {JsonSerializer.Serialize(entry.Key, Plain)}: {entry.Value.ToJsonString(Plain)}"))}}
              },
              "models": {
            {{models}}
              }
            }

            """.ReplaceLineEndings("\n");
        return new MadeCatalogue(Encoding.UTF8.GetBytes(text), version, vendors.Sum(static vendor => vendor.Lines.Count), _differences);
    }

    private static string Source(string name, SourceState state) =>
        Line(new JsonObject { ["name"] = name, ["state"] = state.State, ["date"] = state.Date, ["licence"] = "MIT" });

    private List<string> Lines(VendorNames vendor)
    {
        var listed = sources.Models.Of(vendor.Models).Where(model => IsCurrent(vendor, model)).ToDictionary(static model => model.Name);
        var entries = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var model in listed.Values)
            entries[model.Name] = Entry(vendor, model.Name, model, model.Released);
        foreach (var (_, name, like) in Curated.Successors.Where(successor => successor.Vendor == vendor.Kind && !listed.ContainsKey(successor.Name)))
            entries[name] = Entry(vendor, name, listed[like], released: null);
        if (vendor is { HasOthersModels: true, Prices: { } prices })
        {
            foreach (var name in sources.Prices.Names(prices).Where(name => !entries.ContainsKey(name)))
            {
                if (OthersModel(vendor, name) is { } facts)
                    entries[name] = Entry(vendor, name, facts, facts.Released);
            }
        }

        return [.. entries.Select(static entry => $"{JsonSerializer.Serialize(entry.Key, Plain)}: {Line(entry.Value)}")];
    }

    private static bool IsCurrent(VendorNames vendor, ListedModel model) =>
        model.Status != "deprecated" && (IsEmbedding(model) || (string.CompareOrdinal(model.Released, vendor.IsHost ? EarliestOfHosts : vendor.Kind == "perplexity" ? "" : EarliestOfMakers) >= 0 && model.OutputModalities is ["text"] or []))
        && !Curated.NoChat.Any(word => model.Name.Contains(word, StringComparison.OrdinalIgnoreCase))
        && !(vendor.Kind == "azure-openai" && model.Name.StartsWith("claude", StringComparison.Ordinal)) && !(vendor.Kind == "fireworks" && model.Name.Count(static letter => letter == '/') < 3)
        && !(vendor.Kind == "openrouter" && model.Name.Contains(':', StringComparison.Ordinal))
        // Names that lead to the models of other days, and those that a vendor said it would withdraw.
        && !(vendor.Kind == "deepseek" && model.Name is "deepseek-chat" or "deepseek-reasoner");

    private static bool IsEmbedding(ListedModel model) => model.Name.Contains("embed", StringComparison.OrdinalIgnoreCase);

    /// <summary>The facts of a model that another vendor made, by its maker where that is known.</summary>
    private ListedModel? OthersModel(VendorNames vendor, string name) =>
        name.Contains(':', StringComparison.Ordinal) || (vendor.Kind != "cerebras" && !name.Contains('/', StringComparison.Ordinal)) || (vendor.Kind == "cerebras" && name.Contains('/', StringComparison.Ordinal))
            ? null
            : Curated.Vendors.SelectMany(other => sources.Models.Of(other.Models).Where(model => IsCurrent(other, model)))
                .FirstOrDefault(model => ModelKey.Of(model.Name) == ModelKey.Of(name) && string.CompareOrdinal(model.Released, EarliestOfHosts) >= 0 && !Curated.NeedsResponses("openai", name));

    private JsonObject Entry(VendorNames vendor, string name, ListedModel facts, string? released)
    {
        var own = facts.Name == name ? facts.Price : null;
        var listed = vendor.Prices is null ? null : sources.Prices.Find(vendor.Prices, name) ?? (vendor.FallbackPrices is { } fallback ? sources.Prices.Find(fallback, name) : null);
        if (listed is not null && own is not null)
            _differences.AddRange(Differences.Of(vendor.Kind, name, listed, own));
        var price = listed ?? own;
        var traits = new ModelTraits(vendor.Kind, name, facts);
        var (figures, evidence) = _quality.Of(name, facts, price, released);
        var config = new JsonObject();
        if (price is not null)
            config["price"] = PriceJson.Of(price, PriceJson.Tiers(vendor.Kind, name, price.Base, facts));
        if (((facts.Name == name ? facts.Context : listed?.Context) ?? facts.Context ?? listed?.Context ?? ContextElsewhere(name)) is { } context)
        {
            config["contextWindow"] = context;
            if (!traits.IsEmbedding && facts.Output <= context)
                config["maxOutputTokens"] = facts.Output;
        }

        config["capabilities"] = Texts(traits.Capabilities);
        if (!traits.IsEmbedding)
            config["quality"] = new JsonObject(figures.Select(static figure => KeyValuePair.Create(figure.Task, (JsonNode?)figure.Quality)));
        if (traits.Parameters is { } parameters)
            config["parameters"] = parameters;
        var entry = new JsonObject();
        Add(entry, "released", released);
        if (price is not null)
            entry["priced"] = price.Since ?? (listed is null ? sources.ModelsState : sources.PricesState).Date;
        Add(entry, "note", price?.Note);
        Add(entry, "tokenizer", traits.Tokenizer);
        if (facts.Input is not ["text"])
            entry["input"] = Texts(facts.Input);
        if (traits.Reasoning is { } reasoning)
            entry["reasoning"] = reasoning;
        if (Curated.NeedsResponses(vendor.Kind, name))
            entry["api"] = "responses";
        if (!traits.IsEmbedding)
            entry["estimated"] = true;
        if (!traits.IsEmbedding && evidence.Count > 0)
        {
            entry["evidence"] = ModelKey.Of(name);
            _evidence[ModelKey.Of(name)] = new JsonArray([.. evidence.Select(static result => (JsonNode)new JsonObject { ["task"] = "code", ["name"] = result.Name, ["score"] = result.Score, ["source"] = result.Source })]);
        }

        entry["config"] = config;
        return entry;
    }

    private int? ContextElsewhere(string name) => sources.Models.All.FirstOrDefault(model => model.Context is not null && ModelKey.Of(model.Name) == ModelKey.Of(name))?.Context;

    private static void Add(JsonObject entry, string member, string? value)
    {
        if (value is not null)
            entry[member] = value;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);

    private static string Line(JsonObject value) => value.ToJsonString(Plain);
}
