using System.Text.Json;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// What becomes of <c>response_format</c>: a schema that the vendor holds the answer to, or a demand at the end of the system prompt, for the vendor has no other JSON mode.
/// </summary>
internal readonly record struct ResponseFormat
{
    private const string JsonDemand = "Answer with one JSON object and nothing else.";
    private const string SchemaDemand = "Answer with one JSON value that follows this JSON schema, and nothing else: ";
    private const int UsualSchemaBytes = 512;

    /// <summary>The schema as JSON; null for none.</summary>
    public byte[]? Schema { get; init; }

    /// <summary>A sentence of the router's own at the end of the system prompt; null for none.</summary>
    public string? Demand { get; init; }

    public static ResponseFormat Read(JsonElement request, ClaudeTraits traits, StrictSchemaLimits limits, TranslationNotes notes)
    {
        var format = LooseJson.Member(request, "response_format");
        if (format.ValueKind != JsonValueKind.Object)
            return default;
        var type = LooseJson.Text(format, "type");
        switch (type)
        {
            case "text":
                return default;
            case "json_object" or "json_schema":
                // Some vendors' dialects have the schema beside the type.
                var named = LooseJson.Member(format, "json_schema");
                var schema = First(LooseJson.Member(named, "schema"), LooseJson.Member(format, "schema"), LooseJson.Member(format, "response_schema"));
                if (schema.ValueKind == JsonValueKind.Object && schema.EnumerateObject().Any())
                    return OfSchema(schema, LooseJson.Member(named, "strict").ValueKind == JsonValueKind.True, traits, limits, notes);
                notes.Change("response_format", type, "a sentence in the system prompt");
                return new ResponseFormat { Demand = JsonDemand };
            default:
                notes.Refuse("response_format.type", $"'response_format.type' is '{type}'; Anthropic's API takes text, json_object and json_schema.");
                return default;
        }
    }

    private static ResponseFormat OfSchema(JsonElement schema, bool isStrict, ClaudeTraits traits, StrictSchemaLimits limits, TranslationNotes notes)
    {
        const string Param = "response_format.json_schema.schema";
        using var output = new PooledWriter(UsualSchemaBytes);
        var obstacle = traits.TakesSchema ? new ResponseSchemaWriter(schema, Param, notes).TryWrite(output) : "this model takes none";
        obstacle ??= limits.Take(output.Written, isTool: false);
        if (obstacle is null)
            return new ResponseFormat { Schema = output.Written.ToArray() };
        if (isStrict)
            notes.Refuse(Param, $"Anthropic's API cannot hold an answer to this schema: {obstacle}. Change the schema, or send 'strict': false to have it asked for in words.");
        notes.Change(Param, "json_schema", $"in the system prompt: {obstacle}");
        return new ResponseFormat { Demand = SchemaDemand + schema.GetRawText() };
    }

    private static JsonElement First(JsonElement one, JsonElement two, JsonElement three) =>
        one.ValueKind != JsonValueKind.Undefined ? one : two.ValueKind != JsonValueKind.Undefined ? two : three;
}
