using System.Text.Json;

namespace ServerlessRouter.Checks.Schema;

/// <summary>The keyword <c>type</c>: one name or a list of them.</summary>
internal static class SchemaTypes
{
    public static bool Fits(JsonElement type, JsonElement value)
    {
        if (type.ValueKind == JsonValueKind.String)
            return IsOf(type, value);
        if (type.ValueKind != JsonValueKind.Array)
            return true;
        foreach (var one in type.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.String && IsOf(one, value))
                return true;
        }

        return false;
    }

    private static bool IsOf(JsonElement name, JsonElement value) => name.GetString() switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        // Not in the standard, so nothing that could be missed.
        _ => true,
    };
}
