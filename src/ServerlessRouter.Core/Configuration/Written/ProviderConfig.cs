namespace ServerlessRouter.Configuration.Written;

/// <summary>A vendor API, as written.</summary>
public sealed record ProviderConfig
{
    [Member("The schema it speaks, or the vendor's name alone: its address, its parameters and the usual name of its key are known then.", IsRequired = true, Names = NameTable.ProviderKind)]
    public string? Kind { get; init; }

    [Member("Base address. Default: {endpoints}.")]
    public string? Endpoint { get; init; }

    [Member(
        "How the router proves who it is: `env:NAME`, `keyvault:NAME`, `entra` ({entra} only) or `none`. Never the key itself. Default: " +
        "`none` on this machine's own addresses and for {local}; at the vendor's own address its usual variable, as `env:OPENAI_API_KEY`.", IsSecret = true)]
    public string? Credential { get; init; }

    [Member("Region of the endpoint, for example `eastus2`; clients may select by it.")]
    public string? Region { get; init; }

    [Member("`api-version` of Azure's deployment paths. Default: the `/openai/v1` surface, which needs none.")]
    public string? ApiVersion { get; init; }

    [Member("Whether the vendor has OpenAI's Responses API beside chat completions, so that callers of it reach it as they are ({responses} only). Default: true at the own address of a vendor that is known to have it, else false.")]
    public bool? Responses { get; init; }

    [Member("Whether the vendor keeps or trains on prompts; requests with `data_collection: deny` then go elsewhere. Default: false.")]
    public bool? DataCollection { get; init; }

    [Member("Whether the vendor keeps nothing at all; requests with `zdr: true` go only there. Default: false.")]
    public bool? ZeroDataRetention { get; init; }

    [Member(
        "The proxy its calls go through: an address like `http://proxy.example.com:3128` (also `https`, `socks5`), a reference to one (`env:NAME`, needed where it holds a password), or " +
        "`none` for straight calls. Default: what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.")]
    public string? Proxy { get; init; }

    [Member("Headers sent with every call, name to value; the last word of a value may refer to a secret: `env:NAME`, `Bearer env:NAME`. Default: none.")]
    public OrderedDictionary<string, string?>? Headers { get; init; }

    [Member("Query parameters added to every call's address, name to value; a value may refer to a secret. Default: none.")]
    public OrderedDictionary<string, string?>? Query { get; init; }

    [Member("How a provider of kind {simulation} behaves.")]
    public SimulationConfig? Simulation { get; init; }
}

/// <summary>How a simulated provider behaves, as written.</summary>
public sealed record SimulationConfig
{
    [Member("Time to the first token, in milliseconds. Default: 250.", Minimum = 0, Maximum = 600_000)]
    public double? FirstTokenMilliseconds { get; init; }

    [Member("Tokens per second after the first. Default: 60.", Minimum = 0.1, Maximum = 1_000_000)]
    public double? TokensPerSecond { get; init; }

    [Member("Share of calls, 0 to 1, that fail with a 503. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? FailureRate { get; init; }
}
