using System.Text.Json;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>The models of models.dev.</summary>
internal sealed class ModelList
{
    private readonly JsonElement _providers;

    private ModelList(JsonElement providers) => _providers = providers;

    public static ModelList Read(FileInfo file)
    {
        using var stream = file.OpenRead();
        using var document = JsonDocument.Parse(stream);
        return new ModelList(document.RootElement.GetProperty("providers").Clone());
    }

    /// <summary>A provider's models, in the source's order.</summary>
    public IEnumerable<ListedModel> Of(string provider) =>
        _providers.GetProperty(provider).GetProperty("models").EnumerateObject().Select(static model => new ListedModel(model.Name, model.Value));

    /// <summary>The models of all providers, also of those that no vendor of the catalogue stands for.</summary>
    public IEnumerable<ListedModel> All => _providers.EnumerateObject().SelectMany(provider => Of(provider.Name));
}

/// <summary>A model of models.dev.</summary>
internal sealed record ListedModel(string Name, JsonElement Json)
{
    public string? Released => Text("release_date");

    public string? Status => Text("status");

    public string Family => Text("family") ?? "";

    public bool Calls => Is("tool_call");

    public bool Reasons => Is("reasoning");

    public bool HasSchema => Is("structured_output");

    /// <summary>False where it takes no sampling parameters; null where nothing is said.</summary>
    public bool? Samples => Json.TryGetProperty("temperature", out var value) ? value.GetBoolean() : null;

    public int? Context => Limit("context");

    public int? Output => Limit("output");

    public IReadOnlyList<string> Input => Modalities("input");

    public IReadOnlyList<string> OutputModalities => Modalities("output");

    /// <summary>The list price; null where none is told.</summary>
    public ListedPrice? Price
    {
        get
        {
            if (!Json.TryGetProperty("cost", out var cost) || !cost.TryGetProperty("input", out _))
                return null;
            PriceAbove[] above = cost.TryGetProperty("tiers", out var tiers)
                ? [.. tiers.EnumerateArray().Select(static tier => new PriceAbove(tier.GetProperty("tier").GetProperty("size").GetInt32(), Read(tier))).OrderBy(static step => step.Tokens)]
                : [];
            return new ListedPrice(Read(cost), above, Part(cost, "request"));
        }
    }

    /// <summary>The price of the service tier <c>priority</c>, where the source has one.</summary>
    public TokenPrice? PriorityPrice =>
        Json.TryGetProperty("experimental", out var experimental) && experimental.GetProperty("modes").TryGetProperty("fast", out var fast)
        && fast.GetProperty("provider").GetProperty("body").TryGetProperty("service_tier", out var tier) && tier.GetString() == "priority"
            ? Read(fast.GetProperty("cost"))
            : null;

    public IEnumerable<(string Type, string[] Levels, int? Min, int? Max)> ReasoningOptions =>
        !Json.TryGetProperty("reasoning_options", out var options) ? [] : options.EnumerateArray().Select(static option => (
            option.GetProperty("type").GetString()!,
            option.TryGetProperty("values", out var values) ? values.EnumerateArray().Select(static value => value.GetString()!).ToArray() : [],
            option.TryGetProperty("min", out var min) ? min.GetInt32() : (int?)null,
            option.TryGetProperty("max", out var max) ? max.GetInt32() : (int?)null));

    public IEnumerable<(string Name, double Score, string Source)> Benchmarks =>
        !Json.TryGetProperty("benchmarks", out var benchmarks) ? [] : benchmarks.EnumerateArray().Select(static result =>
            (result.GetProperty("name").GetString()!, result.GetProperty("score").GetDouble(), result.GetProperty("source").GetString()!));

    private static TokenPrice Read(JsonElement cost) =>
        new(Part(cost, "input") ?? 0, Part(cost, "cache_read") ?? Part(cost, "cached_input"), Part(cost, "cache_write"), null, Part(cost, "output") ?? 0);

    private static decimal? Part(JsonElement cost, string name) => cost.TryGetProperty(name, out var value) ? value.GetDecimal() : null;

    private string? Text(string member) => Json.TryGetProperty(member, out var value) ? value.GetString() : null;

    private bool Is(string member) => Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;

    private int? Limit(string member) => Json.GetProperty("limit").TryGetProperty(member, out var value) && value.GetInt32() is > 0 and var limit ? limit : null;

    private string[] Modalities(string member) =>
        Json.GetProperty("modalities").TryGetProperty(member, out var values) ? [.. values.EnumerateArray().Select(static value => value.GetString()!)] : [];
}
