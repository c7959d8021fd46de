using System.Text.Json;

namespace ServerlessRouter.Checks.Schema;

/// <summary>
/// Compares one JSON value with a JSON Schema by the keywords OpenAI's strict mode allows, and their nearest relatives: 1 references and combinations, 2 type, enum and const,
/// 3 objects, 4 arrays, 5 numbers, 6 texts. Other keywords are ignored.
/// </summary>
/// <remarks>Bounded in depth and work: what is left over at the bound counts as fitting, because a check that cannot decide accepts.</remarks>
internal sealed class SchemaReview(JsonElement root)
{
    /// <summary>Comparisons of one value with one keyword, about.</summary>
    public const int MaxSteps = 200_000;

    private const int DeepestSchema = 128;

    private readonly SchemaTexts _texts = new();
    private int _stepsLeft = MaxSteps;
    private string? _complaint;

    /// <summary>The first place that does not fit, by its kind; null when the value fits.</summary>
    public string? Complaint(JsonElement value) => Fits(root, value, 0) ? null : _complaint ?? "a value does not fit";

    private bool Fits(JsonElement schema, JsonElement value, int depth)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return Complain("a member is not allowed there");
        if (schema.ValueKind != JsonValueKind.Object || depth > DeepestSchema || !TrySpend(1))
            return true;
        return FitsReference(schema, value, depth) && FitsCombinations(schema, value, depth) && FitsKind(schema, value) && value.ValueKind switch
        {
            JsonValueKind.Object => FitsObject(schema, value, depth),
            JsonValueKind.Array => FitsArray(schema, value, depth),
            JsonValueKind.Number => SchemaNumbers.Fits(schema, value) || Complain("a number is out of its bounds"),
            JsonValueKind.String => FitsText(schema, value),
            _ => true,
        };
    }

    private bool FitsReference(JsonElement schema, JsonElement value, int depth) =>
        !Has(schema, "$ref"u8, JsonValueKind.String, out var reference) || SchemaPointer.Find(root, reference.GetString()!) is not { } target || Fits(target, value, depth + 1);

    private bool FitsCombinations(JsonElement schema, JsonElement value, int depth)
    {
        if (Has(schema, "allOf"u8, JsonValueKind.Array, out var all))
        {
            foreach (var part in all.EnumerateArray())
            {
                if (!Fits(part, value, depth + 1))
                    return false;
            }
        }

        if (Has(schema, "anyOf"u8, JsonValueKind.Array, out var any) && CountFitting(any, value, depth, 1) == 0)
            return Complain("a value fits none of its alternatives");
        if (Has(schema, "oneOf"u8, JsonValueKind.Array, out var one) && CountFitting(one, value, depth, 2) != 1 && _stepsLeft > 0)
            return Complain("a value does not fit exactly one of its alternatives");
        return true;
    }

    private int CountFitting(JsonElement alternatives, JsonElement value, int depth, int most)
    {
        var fitting = 0;
        foreach (var alternative in alternatives.EnumerateArray())
        {
            if (fitting < most && Fits(alternative, value, depth + 1))
                fitting++;
        }

        // What one alternative lacked is no complaint about the whole.
        _complaint = null;
        return fitting;
    }

    private bool FitsKind(JsonElement schema, JsonElement value)
    {
        if (schema.TryGetProperty("type"u8, out var type) && !SchemaTypes.Fits(type, value))
            return Complain("a value has the wrong type");
        if (schema.TryGetProperty("const"u8, out var constant) && !JsonElement.DeepEquals(constant, value))
            return Complain("a value is not the one allowed");
        if (!Has(schema, "enum"u8, JsonValueKind.Array, out var allowed))
            return true;
        foreach (var one in allowed.EnumerateArray())
        {
            if (!TrySpend(1) || JsonElement.DeepEquals(one, value))
                return true;
        }

        return Complain("a value is none of those allowed");
    }

    private bool FitsObject(JsonElement schema, JsonElement value, int depth)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        var hasMembers = Has(schema, "properties"u8, JsonValueKind.Object, out var members);
        var hasOthers = schema.TryGetProperty("additionalProperties"u8, out var others) && !schema.TryGetProperty("patternProperties"u8, out _);
        // Members are looked up one after the other.
        var effort = hasMembers ? 1 + (members.GetPropertyCount() / 16) : 1;
        foreach (var property in value.EnumerateObject())
        {
            if (!TrySpend(effort))
                return true;
            present.Add(property.Name);
            if (hasMembers && members.TryGetProperty(property.Name, out var described))
            {
                if (!Fits(described, property.Value, depth + 1))
                    return false;
            }
            else if (hasOthers && !Fits(others, property.Value, depth + 1))
            {
                return false;
            }
        }

        if (Has(schema, "required"u8, JsonValueKind.Array, out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (TrySpend(1) && name.ValueKind == JsonValueKind.String && !present.Contains(name.GetString()!))
                    return Complain("a required member is missing");
            }
        }

        return SchemaNumbers.IsWithin(schema, "minProperties"u8, "maxProperties"u8, present.Count) || Complain("an object has too few or too many members");
    }

    private bool FitsArray(JsonElement schema, JsonElement value, int depth)
    {
        if (!SchemaNumbers.IsWithin(schema, "minItems"u8, "maxItems"u8, value.GetArrayLength()))
            return Complain("a list is too short or too long");
        var first = Has(schema, "prefixItems"u8, JsonValueKind.Array, out var prefix) ? prefix.GetArrayLength() : 0;
        var hasItems = schema.TryGetProperty("items"u8, out var items) && items.ValueKind is JsonValueKind.Object or JsonValueKind.False;
        var place = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (!TrySpend(1))
                return true;
            if (place < first ? !Fits(prefix[place], item, depth + 1) : hasItems && !Fits(items, item, depth + 1))
                return false;
            place++;
        }

        return true;
    }

    private bool FitsText(JsonElement schema, JsonElement value)
    {
        if (!TrySpend(1))
            return true;
        return _texts.Fits(schema, value) || Complain("a text has the wrong length or form");
    }

    private bool TrySpend(int steps) => (_stepsLeft -= steps) > 0;

    private bool Complain(string complaint)
    {
        _complaint ??= complaint;
        return false;
    }

    private static bool Has(JsonElement schema, ReadOnlySpan<byte> name, JsonValueKind kind, out JsonElement value) =>
        schema.TryGetProperty(name, out value) && value.ValueKind == kind;
}

/// <summary>Follows a reference inside a schema: <c>#</c>, or a JSON Pointer (RFC 6901) behind it.</summary>
internal static class SchemaPointer
{
    /// <summary>Null where it leads nowhere, or out of the document.</summary>
    public static JsonElement? Find(JsonElement root, string reference)
    {
        if (reference == "#")
            return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
            return null;
        var found = root;
        foreach (var step in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member))
                found = member;
            else if (found.ValueKind == JsonValueKind.Array && int.TryParse(name, out var place) && place >= 0 && place < found.GetArrayLength())
                found = found[place];
            else
                return null;
        }

        return found;
    }
}
