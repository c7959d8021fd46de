using System.Text.Json.Nodes;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Portkey's queries of conditional routing, as conditions of rules.</summary>
internal sealed class PortkeyConditions(ImportDraft draft)
{
    private const string Metadata = "metadata.";
    private const string Parameters = "params.";

    /// <summary>The rules' conditions, any of which makes the query hold; none where it cannot be said here.</summary>
    public IReadOnlyList<JsonObject> Of(ForeignValue query, string path)
    {
        IReadOnlyList<JsonObject> alternatives = [[]];
        foreach (var (name, value) in query.Members)
        {
            var further = name switch
            {
                "$and" => value.Items.Select(item => Of(item, path)).Aggregate((IReadOnlyList<JsonObject>)[[]], Both),
                "$or" => [.. value.Items.SelectMany(item => Of(item, path))],
                _ => One(name, value, path) is { } condition ? [condition] : [],
            };
            alternatives = Both(alternatives, further);
        }

        return alternatives;
    }

    private static IReadOnlyList<JsonObject> Both(IReadOnlyList<JsonObject> left, IReadOnlyList<JsonObject> right) =>
        [.. left.SelectMany(one => right.Select(other => Merged(one, other)))];

    private static JsonObject Merged(JsonObject one, JsonObject other)
    {
        var merged = (JsonObject)one.DeepClone();
        foreach (var (part, conditions) in other)
        {
            if (merged[part] is not JsonObject known)
                merged[part] = known = [];
            foreach (var (name, value) in (JsonObject)conditions!)
                known[name] = known[name] is JsonObject range && value is JsonObject bounds ? new JsonObject(range.Concat(bounds).Select(static bound => KeyValuePair.Create(bound.Key, bound.Value?.DeepClone()))) : value?.DeepClone();
        }

        return merged;
    }

    private JsonObject? One(string name, ForeignValue value, string path)
    {
        var (part, key) = name switch
        {
            _ when name.StartsWith(Metadata, StringComparison.Ordinal) => ("metadata", name[Metadata.Length..]),
            _ when name.StartsWith(Parameters, StringComparison.Ordinal) => ("parameters", name[Parameters.Length..]),
            _ => ("", name),
        };
        if (part.Length == 0)
        {
            draft.Note(ImportOutcome.NoCounterpart, path, value, $"'{name}': rules look at metadata and parameters (and at headers, tasks, difficulty and more: docs/configuration.md)");
            return null;
        }

        var accepted = value.IsMap ? Accepted(part, name, value, path) : value.ToJson();
        return accepted is null ? null : new JsonObject { [part] = new JsonObject { [key] = accepted } };
    }

    private JsonNode? Accepted(string part, string name, ForeignValue operators, string path)
    {
        var range = new JsonObject();
        foreach (var (sign, operand) in operators.Members)
        {
            switch (sign)
            {
                case "$eq" or "$in":
                    return operand.ToJson();
                case "$gte" or "$gt" when part == "parameters" && operand.Number is { } minimum:
                    range["min"] = minimum;
                    break;
                case "$lte" or "$lt" when part == "parameters" && operand.Number is { } maximum:
                    range["max"] = maximum;
                    break;
                default:
                    draft.Note(ImportOutcome.NoCounterpart, path, operand, $"'{name}' with {sign}: rules know values, lists of them, and ranges of parameters");
                    return null;
            }

            if (sign is "$gt" or "$lt")
                draft.Note(ImportOutcome.Changed, path, operand, $"'{name}' with {sign}: ranges include their bounds");
        }

        return range.Count > 0 ? range : null;
    }
}
