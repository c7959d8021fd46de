using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>A plain value that fits a JSON Schema, as far as structured outputs know schemas.</summary>
internal static class SchemaSample
{
    // A schema may refer to itself; what is optional is left out from here on.
    private const int DeepestOptional = 6;
    private const int DeepestAtAll = 40;

    /// <summary>The value as JSON; an empty object when there is no schema.</summary>
    public static string Of(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, schema, schema, 0);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > DeepestAtAll)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        if (TryGet(schema, "$ref", JsonValueKind.String, out var reference) && Resolve(root, reference.GetString()!) is { } target)
            Write(writer, target, root, depth + 1);
        else if (schema.TryGetProperty("const", out var constant))
            constant.WriteTo(writer);
        else if (TryGet(schema, "enum", JsonValueKind.Array, out var values) && values.GetArrayLength() > 0)
            values[0].WriteTo(writer);
        else if ((TryGet(schema, "anyOf", JsonValueKind.Array, out var choices) || TryGet(schema, "oneOf", JsonValueKind.Array, out choices))
            && choices.GetArrayLength() > 0)
            // The last one ends a recursion where there is one: schemas write null at the end.
            Write(writer, choices[depth > DeepestOptional ? choices.GetArrayLength() - 1 : 0], root, depth + 1);
        else
            WriteTyped(writer, schema, root, depth);
    }

    private static void WriteTyped(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        switch (TypeOf(schema, depth))
        {
            case "string":
                writer.WriteStringValue(TextOf(Bound(schema, "minLength", 0), Bound(schema, "maxLength", int.MaxValue)));
                break;
            case "integer" or "number":
                writer.WriteNumberValue(Math.Max(Bound(schema, "minimum", 1), Bound(schema, "exclusiveMinimum", 0) + 1));
                break;
            case "boolean":
                writer.WriteBooleanValue(true);
                break;
            case "null":
                writer.WriteNullValue();
                break;
            case "array":
                writer.WriteStartArray();
                for (var count = Bound(schema, "minItems", depth > DeepestOptional ? 0 : 1); count > 0; count--)
                    Write(writer, schema.TryGetProperty("items", out var items) ? items : default, root, depth + 1);
                writer.WriteEndArray();
                break;
            default:
                WriteObject(writer, schema, root, depth);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        writer.WriteStartObject();
        if (TryGet(schema, "properties", JsonValueKind.Object, out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (depth > DeepestOptional && !IsRequired(schema, property.Name))
                    continue;
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value, root, depth + 1);
            }
        }

        writer.WriteEndObject();
    }

    private static string? TypeOf(JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("type", out var type))
            return null;
        if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
            type = type[depth > DeepestOptional ? type.GetArrayLength() - 1 : 0];
        return type.ValueKind == JsonValueKind.String ? type.GetString() : null;
    }

    private static bool IsRequired(JsonElement schema, string name)
    {
        if (!TryGet(schema, "required", JsonValueKind.Array, out var required))
            return false;
        foreach (var entry in required.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.String && entry.ValueEquals(name))
                return true;
        }

        return false;
    }

    /// <summary>A reference inside the document: <c>#</c> or <c>#/$defs/name</c>.</summary>
    private static JsonElement? Resolve(JsonElement root, string reference)
    {
        var found = root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step, out found))
                return null;
        }

        return found;
    }

    private static string TextOf(int shortest, int longest)
    {
        const string Sample = "text";
        return Sample.PadRight(shortest, 'x')[..Math.Clamp(Sample.Length, Math.Max(0, shortest), Math.Max(shortest, longest))];
    }

    private static int Bound(JsonElement schema, string name, int otherwise) =>
        TryGet(schema, name, JsonValueKind.Number, out var bound) && bound.TryGetDouble(out var number) ? (int)Math.Clamp(Math.Ceiling(number), -1e9, 1e9) : otherwise;

    private static bool TryGet(JsonElement parent, string name, JsonValueKind kind, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind == kind;
}
