using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What a schema and its branches say of one object: its properties, each with every schema it has in a branch, and the required ones, in their order.</summary>
internal sealed class ObjectShape
{
    private readonly HashSet<string> _required = new(StringComparer.Ordinal);
    private readonly List<string> _inOrder = [];

    public OrderedDictionary<string, List<JsonElement>> Properties { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Required => _inOrder;

    public void Add(string name, JsonElement schema)
    {
        if (!Properties.TryGetValue(name, out var known))
            Properties.Add(name, [schema]);
        else if (!known.Exists(other => JsonElement.DeepEquals(other, schema)))
            known.Add(schema);
    }

    public void Add(ObjectShape branch)
    {
        foreach (var (name, schemas) in branch.Properties)
        {
            foreach (var schema in schemas)
                Add(name, schema);
        }
    }

    public void Require(string name)
    {
        if (_required.Add(name))
            _inOrder.Add(name);
    }

    /// <summary>Names that are no texts are left out.</summary>
    public void Require(JsonElement names)
    {
        if (names.ValueKind != JsonValueKind.Array)
            return;
        foreach (var name in names.EnumerateArray())
        {
            if (name.ValueKind == JsonValueKind.String)
                Require(LooseJson.String(name));
        }
    }
}
