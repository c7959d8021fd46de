using System.Collections.Immutable;
using System.Text.Json;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Catalogue;

/// <summary>One model of one vendor, as the catalogue has it.</summary>
public sealed class CatalogueModel
{
    private readonly JsonElement _entry;

    private readonly JsonElement _evidence;

    /// <param name="vendor">The kind of provider.</param>
    /// <param name="name">What the vendor calls it.</param>
    /// <param name="entry">What is known of it.</param>
    /// <param name="evidence">The public results of all models.</param>
    internal CatalogueModel(string vendor, string name, JsonElement entry, JsonElement evidence) => (Vendor, Name, _entry, _evidence) = (vendor, name, entry, evidence);

    /// <summary>The kind of provider that has it.</summary>
    public string Vendor { get; }

    /// <summary>What the vendor calls it.</summary>
    public string Name { get; }

    /// <summary>What would be written for it in a configuration, but for its deployments; a price the catalogue does not know is null.</summary>
    public ModelConfig Config => field ??= _entry.GetProperty("config").Deserialize(RouterConfigContext.Default.ModelConfig)!;

    /// <summary><see cref="Config"/> as it stands in the catalogue.</summary>
    public JsonElement ConfigJson => _entry.GetProperty("config");

    /// <summary>When the vendor brought it out: a day or a month; null where that is not known.</summary>
    public string? Released => Text("released");

    /// <summary>The day from which the price holds, else that of the source.</summary>
    public string? Priced => Text("priced");

    /// <summary>What else is to be known of the price; null for most.</summary>
    public string? Note => Text("note");

    /// <summary>The family of its tokenizer, for example <c>o200k_base</c>; null where that is not known.</summary>
    public string? Tokenizer => Text("tokenizer");

    /// <summary>What its prompts may hold: <c>text</c>, <c>image</c>, <c>audio</c>, <c>video</c>, <c>pdf</c>.</summary>
    public ImmutableArray<string> InputModalities => Texts(_entry, "input") is { IsEmpty: false } modalities ? modalities : ["text"];

    /// <summary>How it is asked to think; null where it does not, or nothing says how.</summary>
    public CatalogueReasoning? Reasoning => _entry.TryGetProperty("reasoning", out var reasoning)
        ? new CatalogueReasoning(reasoning.GetProperty("form").GetString()!, Texts(reasoning, "levels"), Number(reasoning, "min"), Number(reasoning, "max"))
        : null;

    /// <summary>It answers OpenAI's responses alone and no chat completions.</summary>
    public bool NeedsResponses => Text("api") == "responses";

    /// <summary>Its quality is estimated from price and family, but for the tasks of <see cref="Evidence"/>.</summary>
    public bool IsEstimated => _entry.TryGetProperty("estimated", out var estimated) && estimated.ValueKind == JsonValueKind.True;

    /// <summary>The public results that its quality rests on.</summary>
    public ImmutableArray<CatalogueEvidence> Evidence => Text("evidence") is { } key ? [.. _evidence.GetProperty(key).EnumerateArray().Select(CatalogueEvidence.Read)] : [];

    public override string ToString() => $"{Vendor}/{Name}";

    private string? Text(string member) => _entry.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static int? Number(JsonElement entry, string member) => entry.TryGetProperty(member, out var value) ? value.GetInt32() : null;

    private static ImmutableArray<string> Texts(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out var values) ? [.. values.EnumerateArray().Select(static value => value.GetString()!)] : [];
}

/// <summary>How a model is asked to think.</summary>
/// <param name="Form">One of <see cref="ReasoningForms"/>.</param>
/// <param name="Levels">The values of <c>reasoning_effort</c> it takes, least first; none where the form has none.</param>
/// <param name="MinTokens">The least budget, where it has one.</param>
/// <param name="MaxTokens">The largest budget, where it has one.</param>
public sealed record CatalogueReasoning(string Form, ImmutableArray<string> Levels, int? MinTokens, int? MaxTokens);

/// <summary>A public result of a model.</summary>
/// <param name="Task">The task whose quality rests on it, by its wire name.</param>
/// <param name="Benchmark">What was measured.</param>
/// <param name="Score">The result, in the benchmark's own unit.</param>
/// <param name="Source">Where it stands.</param>
public sealed record CatalogueEvidence(string Task, string Benchmark, double Score, string Source)
{
    internal static CatalogueEvidence Read(JsonElement evidence) => new(
        evidence.GetProperty("task").GetString()!, evidence.GetProperty("name").GetString()!, evidence.GetProperty("score").GetDouble(), evidence.GetProperty("source").GetString()!);
}
