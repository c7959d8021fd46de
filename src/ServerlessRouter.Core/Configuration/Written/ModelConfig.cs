using System.Text.Json;

namespace ServerlessRouter.Configuration.Written;

/// <summary>A model, as written.</summary>
public sealed record ModelConfig
{
    [Member("List price in USD. Default: the catalogue's, where that knows the model at the vendors of its deployments; else it must be written, if only as `{ \"free\": true }`.")]
    public PriceConfig? Price { get; init; }

    [Member("Tokens of prompt and answer together. Default: the catalogue's, where that knows the model; else it must be written.", Minimum = 1)]
    public int? ContextWindow { get; init; }

    [Member("Most tokens it answers with. Default: whatever the window leaves.", Minimum = 1)]
    public int? MaxOutputTokens { get; init; }

    [Member("What it can do. `json_schema` includes `json_object`; `streaming` needs no mention. Requests that need another of them go to other models; without `reasoning` and `logprobs` only their parameters are left out. Default: none.", Names = NameTable.Capability)]
    public IReadOnlyList<string?>? Capabilities { get; init; }

    [Member("False for a model that cannot answer in pieces: it is asked for a whole answer, and a caller who wants a stream gets that in one chunk. Default: true.")]
    public bool? Streaming { get; init; }

    [Member("Expected quality 0 to 1 for each task, and `default` for the others. Default: 0.5.", Minimum = 0, Maximum = 1, Names = NameTable.QualityTask)]
    public OrderedDictionary<string, double?>? Quality { get; init; }

    [Member("How a deployment is picked. Default: `weighted`.", Names = NameTable.BalancingPolicy)]
    public string? Balancing { get; init; }

    [Member("The turns of a conversation go to one deployment, whose vendor has the beginning of the prompt in its cache and charges less for it, whatever `balancing` says; from 1,024 prompt tokens on, where `price.cachedInputPerMillion` is lower. Default: true.")]
    public bool? CacheAffinity { get; init; }

    [Member("How top-level request parameters are adapted for this model, because vendors differ.")]
    public ParametersConfig? Parameters { get; init; }

    [Member("Where it can be called. Without any it cannot be chosen. Default: for a model of the catalogue that leaves its price or its window to that, the one provider whose vendor has it.")]
    public IReadOnlyList<DeploymentConfig?>? Deployments { get; init; }
}

/// <summary>What is changed in a request's parameters for one model, as written.</summary>
public sealed record ParametersConfig
{
    [Member("Old name to new name, for example `max_tokens` to `max_completion_tokens`. Happens first.")]
    public OrderedDictionary<string, string?>? Rename { get; init; }

    [Member("Names that are left out.")]
    public IReadOnlyList<string?>? Drop { get; init; }

    [Member("Name and JSON value, sent where the request has none.")]
    public OrderedDictionary<string, JsonElement>? Default { get; init; }

    [Member("Name and the largest number let through; a larger one is replaced by it.")]
    public OrderedDictionary<string, double?>? Cap { get; init; }
}

/// <summary>One callable endpoint of a model, as written.</summary>
public sealed record DeploymentConfig
{
    [Member("A name from `providers`.", IsRequired = true)]
    public string? Provider { get; init; }

    [Member("What the vendor calls it: a model name, or an Azure deployment. Default: the model's own name.")]
    public string? Name { get; init; }

    [Member("Whether it answers at OpenAI's Responses API alone, as codex models do; every caller reaches it all the same ({responses} only). Default: false.")]
    public bool? Responses { get; init; }

    [Member("Share of the calls, relative to the other deployments; 0 takes it out of service. Default: 1.", Minimum = 0, Maximum = 1_000_000)]
    public int? Weight { get; init; }

    [Member("Lower is used first; the next only when none of this one may be called. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public int? Priority { get; init; }

    [Member("Capacity granted by the vendor; beyond it requests wait. Default: unknown.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("Capacity granted by the vendor; beyond it requests wait. Default: unknown.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }

    [Member("Calls it takes at once, as a server of one's own does; beyond them requests wait. Default: unbounded.", Minimum = 1, Maximum = 1_000_000)]
    public int? ConcurrentRequests { get; init; }
}
