using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>The plainest JSON that satisfies a schema; knows what structured outputs allow.</summary>
internal static class SchemaSample
{
    public static string Of(JsonNode? schema) => System.Text.Encoding.UTF8.GetString(JsonBytes.Of(Sample(schema)));

    private static JsonNode Sample(JsonNode? schema)
    {
        if (schema is not JsonObject rules)
            return new JsonObject();
        if (rules["const"] is { } constant)
            return constant.DeepClone();
        if (rules["enum"] is JsonArray { Count: > 0 } values)
            return values[0]!.DeepClone();
        if (rules["anyOf"] is JsonArray { Count: > 0 } choices)
            return Sample(choices[0]);
        var type = rules["type"] is JsonArray types ? types[0]! : rules["type"];
        return type?.GetValue<string>() switch
        {
            "string" => JsonValue.Create("text"),
            "integer" => JsonValue.Create(1),
            "number" => JsonValue.Create(1.5),
            "boolean" => JsonValue.Create(true),
            "array" => new JsonArray(Sample(rules["items"])),
            _ => new JsonObject((rules["properties"] as JsonObject ?? []).Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Sample(property.Value)))),
        };
    }
}
