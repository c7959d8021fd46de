using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes a tool's <c>parameters</c> as the vendor takes them: a JSON schema (draft 2020-12) of one object, without a union at its top. Nothing of it is lost: a union's properties are merged, and what is
/// required in every branch stays required.
/// </summary>
internal sealed class ToolSchemaWriter(Utf8JsonWriter writer, TranslationNotes notes)
{
    private const int MaxPropertyName = 64;
    private const int MaxReferences = 32;

    /// <summary>Branches looked into; more than any tool has, and few enough that references which multiply each other end.</summary>
    private const int MaxBranches = 4096;

    private static readonly string[] Unions = ["anyOf", "oneOf", "allOf"];

    private int _branches;

    public void Write(JsonElement parameters, string param)
    {
        switch (parameters.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True:
                WriteEmpty();
                break;
            case JsonValueKind.False:
                notes.Change(param, parameters, "an object without properties");
                WriteEmpty();
                break;
            case JsonValueKind.Object:
                WriteObject(parameters, param);
                break;
            default:
                notes.Refuse(param, $"'{param}' must be a JSON schema of an object.");
                WriteEmpty();
                break;
        }
    }

    private void WriteEmpty()
    {
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteObject(JsonElement root, string param)
    {
        var shape = new ObjectShape();
        if (!Collect(root, root, shape, 0) || _branches > MaxBranches)
        {
            notes.Refuse(param, $"'{param}' must be the JSON schema of an object, in this document: a call's arguments are one.");
            WriteEmpty();
            return;
        }

        var top = Follow(root, root);
        if (LooseJson.Member(top, "type").ValueKind == JsonValueKind.Array)
            notes.Change($"{param}.type", LooseJson.Member(top, "type"), "object");
        if (notes.IsRead && HasUnion(top))
            notes.Change(param, "a union at the top", "its properties in one object");
        CheckNames(shape, param);
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var (name, schemas) in shape.Properties)
        {
            writer.WritePropertyName(name);
            WriteAnyOf(schemas);
        }

        writer.WriteEndObject();
        if (shape.Required.Count > 0)
        {
            writer.WriteStartArray("required");
            foreach (var name in shape.Required)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        WriteRest(top, isDefinitions: false);
        WriteRest(root, isDefinitions: true);
        writer.WriteEndObject();
    }

    private void CheckNames(ObjectShape shape, string param)
    {
        foreach (var (name, _) in shape.Properties)
        {
            if (name.Length is 0 or > MaxPropertyName || !name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-'))
                notes.Refuse($"{param}.properties", $"The property '{name}' of '{param}' has characters or a length that Anthropic's API refuses: it takes 1 to {MaxPropertyName} letters, digits, '_', '.' and '-'.");
        }
    }

    /// <summary>Adds what a schema says of an object; false when it is none.</summary>
    private bool Collect(JsonElement root, JsonElement schema, ObjectShape shape, int depth)
    {
        schema = Follow(root, schema);
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxReferences || ++_branches > MaxBranches || !IsObject(LooseJson.Member(schema, "type")))
            return false;
        if (LooseJson.Member(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
                shape.Add(property.Name, property.Value);
        }

        shape.Require(LooseJson.Member(schema, "required"));
        var isObject = true;
        foreach (var union in Unions)
        {
            if (LooseJson.Member(schema, union) is { ValueKind: JsonValueKind.Array } branches && branches.GetArrayLength() > 0)
                isObject &= CollectBranches(root, branches, isAll: union == "allOf", shape, depth);
        }

        return isObject;
    }

    private bool CollectBranches(JsonElement root, JsonElement branches, bool isAll, ObjectShape shape, int depth)
    {
        HashSet<string>? common = null;
        var isAny = false;
        foreach (var branch in branches.EnumerateArray())
        {
            var part = new ObjectShape();
            if (!Collect(root, branch, part, depth + 1))
            {
                if (isAll)
                    return false;
                continue;
            }

            isAny = true;
            shape.Add(part);
            if (isAll || common is null)
                common = [.. common ?? [], .. part.Required];
            else
                common.IntersectWith(part.Required);
        }

        foreach (var name in common ?? [])
            shape.Require(name);
        return isAny;
    }

    private static JsonElement Follow(JsonElement root, JsonElement schema)
    {
        for (var steps = 0; LooseJson.Text(schema, "$ref") is { } reference; steps++)
        {
            if (steps == MaxReferences)
                return default;
            schema = SchemaReferences.Find(root, reference);
        }

        return schema;
    }

    private static bool IsObject(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => LooseJson.String(type).Equals("object", StringComparison.OrdinalIgnoreCase),
        JsonValueKind.Array => type.GetArrayLength() == 0 || type.EnumerateArray().Any(IsObject),
        _ => true,
    };

    private static bool HasUnion(JsonElement schema) => Array.Exists(Unions, union => LooseJson.Member(schema, union).ValueKind == JsonValueKind.Array);

    private void WriteAnyOf(List<JsonElement> schemas)
    {
        if (schemas is [var only])
        {
            WriteSchema(only);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartArray("anyOf");
        foreach (var schema in schemas)
            WriteSchema(schema);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Everything else of the top: its own words, or the definitions that others point at.</summary>
    private void WriteRest(JsonElement schema, bool isDefinitions)
    {
        foreach (var member in schema.EnumerateObject())
        {
            if ((member.Name is "$defs" or "definitions") == isDefinitions && member.Name is not ("type" or "properties" or "required" or "anyOf" or "oneOf" or "allOf" or "$ref" or "$schema" or "$id" or "nullable"))
                WriteMember(member, schema);
        }
    }

    /// <summary>A schema inside, in the draft that the vendor reads: older ones and other vendors' habits are brought up to it.</summary>
    private void WriteSchema(JsonElement schema)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in schema.EnumerateObject())
                    WriteMember(member, schema);
                writer.WriteEndObject();
                break;
            case JsonValueKind.True or JsonValueKind.False:
                schema.WriteTo(writer);
                break;
            default:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
        }
    }

    private void WriteMember(JsonProperty member, JsonElement schema)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "default" or "const" or "enum" or "examples" or "example" when value.ValueKind != JsonValueKind.Null || member.Name is "default" or "const":
                member.WriteTo(writer);
                break;
            case "type":
                WriteType(value);
                break;
            case "required" when value.ValueKind != JsonValueKind.Array:
                break;
            case "exclusiveMinimum" or "exclusiveMaximum" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                WriteExclusive(member, schema);
                break;
            case "minimum" when LooseJson.Member(schema, "exclusiveMinimum").ValueKind == JsonValueKind.True:
                break;
            case "maximum" when LooseJson.Member(schema, "exclusiveMaximum").ValueKind == JsonValueKind.True:
                break;
            case "items" when value.ValueKind == JsonValueKind.Array:
                writer.WritePropertyName("prefixItems");
                WriteList(value);
                break;
            case "properties" or "patternProperties" or "$defs" or "definitions" or "dependentSchemas" when value.ValueKind == JsonValueKind.Object:
                writer.WriteStartObject(member.Name);
                foreach (var inside in value.EnumerateObject())
                {
                    writer.WritePropertyName(inside.Name);
                    WriteSchema(inside.Value);
                }

                writer.WriteEndObject();
                break;
            case "anyOf" or "oneOf" or "allOf" or "prefixItems" when value.ValueKind == JsonValueKind.Array:
                writer.WritePropertyName(member.Name);
                WriteList(value);
                break;
            case "items" or "additionalProperties" or "not" or "if" or "then" or "else" or "contains" or "propertyNames" or "unevaluatedItems" or "unevaluatedProperties"
                when value.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False:
                writer.WritePropertyName(member.Name);
                WriteSchema(value);
                break;
            default:
                if (value.ValueKind != JsonValueKind.Null)
                    member.WriteTo(writer);
                break;
        }
    }

    private void WriteList(JsonElement schemas)
    {
        writer.WriteStartArray();
        foreach (var schema in schemas.EnumerateArray())
            WriteSchema(schema);
        writer.WriteEndArray();
    }

    /// <summary>Some vendors write types in capitals; <c>any</c> is no type, and says nothing.</summary>
    private void WriteType(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.String && LooseJson.String(type).ToLowerInvariant() is var word && word != "any")
        {
            writer.WriteString("type", word);
        }
        else if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
        {
            writer.WriteStartArray("type");
            foreach (var entry in type.EnumerateArray())
            {
                if (entry.ValueKind == JsonValueKind.String)
                    writer.WriteStringValue(LooseJson.String(entry).ToLowerInvariant());
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Draft 4: a flag beside the limit. Since draft 6 it is the limit.</summary>
    private void WriteExclusive(JsonProperty member, JsonElement schema)
    {
        var limit = LooseJson.Member(schema, member.Name == "exclusiveMinimum" ? "minimum" : "maximum");
        if (member.Value.ValueKind != JsonValueKind.True || limit.ValueKind != JsonValueKind.Number)
            return;
        writer.WritePropertyName(member.Name);
        limit.WriteTo(writer);
    }
}
