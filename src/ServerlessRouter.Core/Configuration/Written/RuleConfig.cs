using System.Text.Json;

namespace ServerlessRouter.Configuration.Written;

/// <summary>A rule of a route, as written.</summary>
public sealed record RuleConfig
{
    [Member("Conditions that must all hold. Default: none, which holds always.", Names = NameTable.Condition)]
    public OrderedDictionary<string, JsonElement>? When { get; init; }

    [Member("The models used when they hold.", IsRequired = true)]
    public IReadOnlyList<string?>? Use { get; init; }
}
