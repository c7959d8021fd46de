using System.Text.Json;

namespace ServerlessRouter.Checks.Schema;

/// <summary>The keywords that bound numbers and counts.</summary>
internal static class SchemaNumbers
{
    private const double Tolerance = 1e-9;

    public static bool Fits(JsonElement schema, JsonElement value)
    {
        if (!value.TryGetDouble(out var number) || !IsWithin(schema, "minimum"u8, "maximum"u8, number))
            return double.IsInfinity(number);
        if (Read(schema, "exclusiveMinimum"u8) is { } above && number <= above)
            return false;
        if (Read(schema, "exclusiveMaximum"u8) is { } below && number >= below)
            return false;
        if (Read(schema, "multipleOf"u8) is not { } unit || unit <= 0)
            return true;
        var times = number / unit;
        // Beyond this, doubles hold no fractions that could tell.
        return Math.Abs(times) > 1e15 || Math.Abs(times - Math.Round(times)) <= Tolerance * Math.Max(1, Math.Abs(times));
    }

    /// <summary>Whether a number lies within two inclusive bounds, each of which may be absent.</summary>
    public static bool IsWithin(JsonElement schema, ReadOnlySpan<byte> least, ReadOnlySpan<byte> most, double number) =>
        !(Read(schema, least) is { } minimum && number < minimum) && !(Read(schema, most) is { } maximum && number > maximum);

    private static double? Read(JsonElement schema, ReadOnlySpan<byte> name) =>
        schema.TryGetProperty(name, out var bound) && bound.ValueKind == JsonValueKind.Number && bound.TryGetDouble(out var value) ? value : null;
}
