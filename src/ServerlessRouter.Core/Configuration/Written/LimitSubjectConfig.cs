namespace ServerlessRouter.Configuration.Written;

/// <summary>What a limit that callers share is a limit of, as written.</summary>
public sealed record LimitSubjectConfig
{
    [Member("A route, or a model that is asked for by its own name.")]
    public string? Route { get; init; }

    [Member("A model, whatever route it answers.")]
    public string? Model { get; init; }

    [Member("All keys of a tier together.")]
    public string? Tier { get; init; }

    [Member("All keys with this tag together: one name with its value.")]
    public OrderedDictionary<string, string?>? Tag { get; init; }
}
