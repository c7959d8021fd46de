using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes a JSON schema in the part of it that the vendor holds an answer to: closed objects, no limits of numbers, lengths and counts, no recursion. What is left out is told in words, in the description beside it, as
/// the vendor's own SDKs do.
/// </summary>
/// <remarks>Source: the vendor's "JSON Schema limitations" of structured outputs, and <c>transform-json-schema.ts</c> of its SDK.</remarks>
internal sealed class ResponseSchemaWriter(JsonElement root, string param, TranslationNotes notes)
{
    private const int MaxNodes = 20_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Formats = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

    private readonly Dictionary<string, bool> _isFollowed = new(StringComparer.Ordinal);
    private int _nodes;

    /// <summary>Writes the schema; answers why it cannot be one that the vendor takes, null when it was written.</summary>
    public string? TryWrite(IBufferWriter<byte> output)
    {
        if (WhyNot(root) is { } obstacle)
            return obstacle;
        using var writer = new Utf8JsonWriter(output, Options);
        Write(writer, root, param);
        return null;
    }

    /// <summary>What the vendor cannot hold an answer to, in the router's words.</summary>
    private string? WhyNot(JsonElement schema)
    {
        if (++_nodes > MaxNodes)
            return "the schema is too large";
        if (schema.ValueKind != JsonValueKind.Object)
            return "a part of it allows anything";
        if (LooseJson.Text(schema, "$ref") is { } reference)
            return FollowReference(reference);
        if (IsObject(schema))
            return WhyNotObject(schema);
        if (BranchesOf(schema) is { } branches)
        {
            if (branches.Name == "allOf" && branches.Value.GetArrayLength() > 1)
                return "a part of it is several schemas at once (allOf)";
            return WhyNotAny(branches.Value.EnumerateArray());
        }

        if (LooseJson.Member(schema, "items") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Array) } items)
            return WhyNot(items);
        return TypeOf(schema) is null ? "a part of it has no type" : null;
    }

    private string? WhyNotObject(JsonElement schema)
    {
        var properties = LooseJson.Member(schema, "properties");
        if (properties.ValueKind != JsonValueKind.Object || !properties.EnumerateObject().Any())
            return IsClosed(schema) ? null : "an object of it has properties of any name";
        return WhyNotAny(properties.EnumerateObject().Select(static property => property.Value));
    }

    private string? WhyNotAny(IEnumerable<JsonElement> schemas)
    {
        foreach (var schema in schemas)
        {
            if (WhyNot(schema) is { } obstacle)
                return obstacle;
        }

        return null;
    }

    private string? FollowReference(string reference)
    {
        if (_isFollowed.TryGetValue(reference, out var isDone))
            return isDone ? null : "it is recursive";
        _isFollowed[reference] = false;
        var target = SchemaReferences.Find(root, reference);
        var obstacle = target.ValueKind == JsonValueKind.Undefined ? "a $ref of it points outside" : WhyNot(target);
        _isFollowed[reference] = true;
        return obstacle;
    }

    private void Write(Utf8JsonWriter writer, JsonElement schema, string path)
    {
        writer.WriteStartObject();
        if (LooseJson.Text(schema, "$ref") is { } reference)
            writer.WriteString("$ref", reference);
        else
            WriteMembers(writer, schema, path);
        foreach (var name in (ReadOnlySpan<string>)["$defs", "definitions"])
            WriteDefinitions(writer, schema, name, path);
        writer.WriteEndObject();
    }

    /// <summary>Of the definitions, those that something points at: the others bind nothing, and need not be ones that the vendor takes.</summary>
    private void WriteDefinitions(Utf8JsonWriter writer, JsonElement schema, string name, string path)
    {
        if (LooseJson.Member(schema, name) is not { ValueKind: JsonValueKind.Object } definitions)
            return;
        writer.WriteStartObject(name);
        foreach (var definition in definitions.EnumerateObject())
        {
            if (!_isFollowed.ContainsKey($"#/{name}/{definition.Name}"))
                continue;
            writer.WritePropertyName(definition.Name);
            Write(writer, definition.Value, path);
        }

        writer.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter writer, JsonElement schema, string path)
    {
        var isObject = IsObject(schema);
        var branches = isObject ? null : BranchesOf(schema);
        var said = new StringBuilder();
        if (isObject)
            WriteObject(writer, schema, path);
        else if (branches is { } alternatives)
            WriteBranches(writer, alternatives, path);
        else
            WriteType(writer, schema, TypeOf(schema));

        foreach (var member in schema.EnumerateObject())
        {
            var value = member.Value;
            switch (member.Name)
            {
                case "type" or "properties" or "required" or "additionalProperties" or "description" or "$defs" or "definitions" or "nullable":
                case "$schema" or "$id" or "$comment" or "examples" or "example" or "deprecated" or "readOnly" or "writeOnly" or "strict":
                    break;
                case "anyOf" or "oneOf" or "allOf" when branches?.Name == member.Name:
                    break;
                case "title" or "const" or "default":
                    member.WriteTo(writer);
                    break;
                // OpenAPI's null is not among the values that it may be.
                case "enum" when IsNullable(schema) && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static entry => entry.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)):
                    writer.WriteStartArray("enum");
                    foreach (var entry in value.EnumerateArray())
                        entry.WriteTo(writer);
                    writer.WriteNullValue();
                    writer.WriteEndArray();
                    break;
                case "enum" when value.ValueKind == JsonValueKind.Array && !value.EnumerateArray().Any(static entry => entry.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                    member.WriteTo(writer);
                    break;
                case "format" when Formats.Contains(LooseJson.Text(schema, "format")):
                    member.WriteTo(writer);
                    break;
                case "items" when value.ValueKind == JsonValueKind.Object:
                    writer.WritePropertyName("items");
                    Write(writer, value, $"{path}.items");
                    break;
                case "minItems" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is 0 or 1:
                    member.WriteTo(writer);
                    break;
                default:
                    if (notes.IsRead)
                        notes.Drop($"{path}.{member.Name}", value);
                    said.Append(said.Length == 0 ? "" : ", ").Append(member.Name).Append(": ").Append(value.GetRawText());
                    break;
            }
        }

        WriteDescription(writer, LooseJson.Text(schema, "description"), said);
    }

    private static void WriteDescription(Utf8JsonWriter writer, string? description, StringBuilder said)
    {
        if (said.Length > 0)
            writer.WriteString("description", string.IsNullOrEmpty(description) ? $"{{{said}}}" : $"{description}\n\n{{{said}}}");
        else if (description is not null)
            writer.WriteString("description", description);
    }

    private void WriteObject(Utf8JsonWriter writer, JsonElement schema, string path)
    {
        WriteType(writer, schema, "object");
        var properties = LooseJson.Member(schema, "properties");
        writer.WriteStartObject("properties");
        if (properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value, $"{path}.{property.Name}");
            }
        }

        writer.WriteEndObject();
        if (LooseJson.Member(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            writer.WriteStartArray("required");
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && LooseJson.Member(properties, LooseJson.String(name)).ValueKind != JsonValueKind.Undefined)
                    name.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        if (notes.IsRead && !IsClosed(schema) && LooseJson.Member(schema, "additionalProperties") is { ValueKind: not JsonValueKind.Undefined } open)
            notes.Change($"{path}.additionalProperties", open, "false");
        writer.WriteBoolean("additionalProperties", false);
    }

    private void WriteBranches(Utf8JsonWriter writer, JsonProperty branches, string path)
    {
        writer.WriteStartArray(branches.Name == "allOf" ? "allOf" : "anyOf");
        foreach (var branch in branches.Value.EnumerateArray())
            Write(writer, branch, path);
        writer.WriteEndArray();
    }

    /// <summary>OpenAPI says <c>nullable</c> where JSON schema says a second type.</summary>
    private static void WriteType(Utf8JsonWriter writer, JsonElement schema, string? type)
    {
        var written = LooseJson.Member(schema, "type");
        if (written.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray("type");
            foreach (var entry in written.EnumerateArray())
            {
                if (entry.ValueKind == JsonValueKind.String)
                    writer.WriteStringValue(LooseJson.String(entry).ToLowerInvariant());
            }

            writer.WriteEndArray();
        }
        else if (IsNullable(schema))
        {
            writer.WriteStartArray("type");
            writer.WriteStringValue(type);
            writer.WriteStringValue("null");
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteString("type", type);
        }
    }

    private static bool IsNullable(JsonElement schema) =>
        LooseJson.Member(schema, "nullable").ValueKind == JsonValueKind.True && LooseJson.Member(schema, "type").ValueKind != JsonValueKind.Array;

    private static bool IsClosed(JsonElement schema) => LooseJson.Member(schema, "additionalProperties").ValueKind == JsonValueKind.False;

    private static bool IsObject(JsonElement schema)
    {
        var type = LooseJson.Member(schema, "type");
        return type.ValueKind switch
        {
            JsonValueKind.String => TypeOf(schema) == "object",
            JsonValueKind.Array => type.EnumerateArray().Any(static entry => entry.ValueKind == JsonValueKind.String && LooseJson.String(entry).Equals("object", StringComparison.OrdinalIgnoreCase)),
            _ => LooseJson.Member(schema, "properties").ValueKind == JsonValueKind.Object,
        };
    }

    /// <summary>The union a schema is; null when it is none.</summary>
    private static JsonProperty? BranchesOf(JsonElement schema)
    {
        foreach (var member in schema.EnumerateObject())
        {
            if (member.Name is "anyOf" or "oneOf" or "allOf" && member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0)
                return member;
        }

        return null;
    }

    /// <summary>The type that is written, or that the values allowed have in common.</summary>
    private static string? TypeOf(JsonElement schema)
    {
        var type = LooseJson.Member(schema, "type");
        if (type.ValueKind == JsonValueKind.String && LooseJson.String(type).ToLowerInvariant() is var word && word != "any")
            return word;
        if (type.ValueKind == JsonValueKind.Array)
            return "";
        if (LooseJson.Member(schema, "const") is { ValueKind: not JsonValueKind.Undefined } only)
            return OfValue(only);
        if (LooseJson.Member(schema, "enum") is not { ValueKind: JsonValueKind.Array } values || values.GetArrayLength() == 0)
            return null;
        var first = OfValue(values[0]);
        return values.EnumerateArray().All(value => OfValue(value) == first) ? first : null;
    }

    private static string? OfValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => null,
    };
}
