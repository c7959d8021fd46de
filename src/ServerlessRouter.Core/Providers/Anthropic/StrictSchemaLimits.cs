using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// What the vendor takes of schemas it holds a model to, in one request: twenty strict tools, and in them and the response format together 24 properties that are not required and sixteen with a
/// union for a type. It answers 400 to more.
/// </summary>
/// <remarks>Source: "Schema complexity limits" of the vendor's page on structured outputs.</remarks>
internal sealed class StrictSchemaLimits
{
    public const int MaxTools = 20;
    public const int MaxOptional = 24;
    public const int MaxUnions = 16;

    private int _tools;
    private int _optional;
    private int _unions;

    /// <summary>Counts a schema in; where it would be too much, it is not counted, and the answer says why.</summary>
    public string? Take(ReadOnlyMemory<byte> schema, bool isTool)
    {
        using var document = JsonDocument.Parse(schema, LooseJson.ParseOptions);
        var (optional, unions) = Count(document.RootElement);
        if (isTool && _tools == MaxTools)
            return $"more than {MaxTools} tools are strict";
        if (_optional + optional > MaxOptional)
            return $"more than {MaxOptional} properties are not required";
        if (_unions + unions > MaxUnions)
            return $"more than {MaxUnions} properties have a union for a type";
        _tools += isTool ? 1 : 0;
        _optional += optional;
        _unions += unions;
        return null;
    }

    private static (int Optional, int Unions) Count(JsonElement schema)
    {
        var (optional, unions) = (0, 0);
        if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in schema.EnumerateArray())
                Add(Count(item));
        }

        if (schema.ValueKind != JsonValueKind.Object)
            return (optional, unions);
        foreach (var member in schema.EnumerateObject())
        {
            if (member.Name is "properties" or "$defs" or "definitions" && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var inside in member.Value.EnumerateObject())
                {
                    Add(Count(inside.Value));
                    if (member.Name == "properties")
                        Add((IsRequired(schema, inside) ? 0 : 1, IsUnion(inside.Value) ? 1 : 0));
                }
            }
            else if (member.Name is "items" or "anyOf" or "allOf")
            {
                Add(Count(member.Value));
            }
        }

        return (optional, unions);

        void Add((int Optional, int Unions) more) => (optional, unions) = (optional + more.Optional, unions + more.Unions);
    }

    private static bool IsRequired(JsonElement schema, JsonProperty property) =>
        LooseJson.Member(schema, "required") is { ValueKind: JsonValueKind.Array } required && required.EnumerateArray().Any(name => name.ValueEquals(property.Name));

    private static bool IsUnion(JsonElement schema) =>
        LooseJson.Member(schema, "anyOf").ValueKind == JsonValueKind.Array || LooseJson.Member(schema, "type").ValueKind == JsonValueKind.Array;
}
