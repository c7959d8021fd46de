using System.Text.Json;

namespace ServerlessRouter.Configuration.Written;

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
