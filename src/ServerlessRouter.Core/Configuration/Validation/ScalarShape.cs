using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Says what is wrong with a single value: its kind, its range or its name.</summary>
internal static class ScalarShape
{
    /// <summary>Null when the value fits.</summary>
    public static string? Complaint(JsonElement value, Type type, MemberAttribute? member, NameTables names)
    {
        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        if (scalar == typeof(JsonElement))
            return null;
        if (scalar == typeof(string))
            return value.ValueKind == JsonValueKind.String ? TextComplaint(value.GetString()!, member, names) : Wrong("a text", value, member);
        if (scalar == typeof(bool))
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Wrong("true or false", value, member);
        if (value.ValueKind != JsonValueKind.Number)
            return Wrong(scalar == typeof(int) ? "a whole number" : "a number", value, member);
        if (scalar == typeof(int) && !value.TryGetInt32(out _))
            return Wrong($"a whole number of at most {int.MaxValue}", value, member);
        if (!value.TryGetDouble(out var number) || !double.IsFinite(number) || (scalar == typeof(decimal) && !value.TryGetDecimal(out _)))
            return Wrong("a number the router can hold", value, member);
        return member is null ? null : RangeComplaint(number, member.Minimum, member.Maximum);
    }

    /// <summary>Null when the number is within the bounds, which are inclusive.</summary>
    public static string? RangeComplaint(double number, double minimum, double maximum)
    {
        if (number >= minimum && number <= maximum)
            return null;
        var allowed = (double.IsFinite(minimum), double.IsFinite(maximum)) switch
        {
            (true, true) => $"between {Plain(minimum)} and {Plain(maximum)}",
            (true, false) => $"{Plain(minimum)} or more",
            _ => $"{Plain(maximum)} or less",
        };
        return $"is {Plain(number)}, but must be {allowed}";
    }

    private static string? TextComplaint(string text, MemberAttribute? member, NameTables names)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "is an empty text; write a value or leave the member out";
        if (names.Names(member?.Names ?? NameTable.Open) is { Count: > 0 } allowed && !allowed.Contains(text))
            return UnknownNames.Value(text, allowed);
        return null;
    }

    private static string Wrong(string expected, JsonElement value, MemberAttribute? member) => value.ValueKind == JsonValueKind.Null
        ? $"must be {expected}, but is null; leave the member out instead"
        : $"must be {expected}, but is {(member is { IsSecret: true } ? Quoted.Kind(value) : Quoted.Value(value))}";

    private static string Plain(double number) => number.ToString("0.############", CultureInfo.InvariantCulture);
}
