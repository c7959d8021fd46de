using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Checks.Schema;

/// <summary>The keywords that bound texts: length, pattern, and the formats that can be told in a line.</summary>
internal sealed class SchemaTexts
{
    // Linear in the text whatever the pattern; building it is not free, so only so many are.
    private const int MaxPatterns = 64;

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, Regex?> _patterns = [];

    public bool Fits(JsonElement schema, JsonElement value)
    {
        var hasLength = schema.TryGetProperty("minLength"u8, out _) || schema.TryGetProperty("maxLength"u8, out _);
        var pattern = schema.TryGetProperty("pattern"u8, out var written) && written.ValueKind == JsonValueKind.String ? PatternOf(written.GetString()!) : null;
        var format = schema.TryGetProperty("format"u8, out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        if (!hasLength && pattern is null && format is null)
            return true;

        var text = value.GetString()!;
        return (!hasLength || SchemaNumbers.IsWithin(schema, "minLength"u8, "maxLength"u8, CharactersOf(text)))
            && (pattern is null || Matches(pattern, text)) && HasFormat(format, text);
    }

    private static int CharactersOf(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private static bool HasFormat(string? format, string text) => format switch
    {
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _) && text.Contains('T', StringComparison.OrdinalIgnoreCase),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => text.Length >= 8 && TimeOnly.TryParseExact(text.AsSpan(0, 8), "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" => IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork,
        "ipv6" => IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6,
        "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1,
        _ => true,
    };

    /// <summary>Null for a pattern that cannot be told in linear time or is none.</summary>
    private Regex? PatternOf(string pattern)
    {
        if (_patterns.TryGetValue(pattern, out var known) || _patterns.Count >= MaxPatterns)
            return known;
        try
        {
            known = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (Exception odd) when (odd is ArgumentException or NotSupportedException)
        {
            known = null;
        }

        return _patterns[pattern] = known;
    }
}

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
