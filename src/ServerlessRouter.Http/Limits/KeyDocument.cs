using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance.Enforcement;

namespace ServerlessRouter.Http.Limits;

/// <summary>Writes what a key is told of itself, in OpenRouter's members where it has them. Money is in USD; never the key.</summary>
internal static class KeyDocument
{
    public static void Write(Utf8JsonWriter writer, KeyView view)
    {
        var budget = view.Limits.Where(static reading => reading.Limit.Measure == LimitMeasure.Money).MinBy(static reading => reading.Standing.Remaining);
        writer.WriteStartObject();
        writer.WriteStartObject("data"u8);
        writer.WriteString("label"u8, view.Caller?.Name);
        writer.WriteString("tier"u8, view.Tier.Name);
        writer.WriteStartArray("routes"u8);
        foreach (var route in view.Routes)
            writer.WriteStringValue(route);
        writer.WriteEndArray();
        WriteFigure(writer, "usage"u8, budget?.Figure(budget.Standing.Used));
        WriteFigure(writer, "pending"u8, budget?.Figure(budget.Standing.Pending));
        WriteFigure(writer, "limit"u8, budget?.Figure(budget.Limit.Amount));
        WriteFigure(writer, "limit_remaining"u8, budget?.Figure(budget.Standing.Remaining));
        writer.WriteString("limit_reset"u8, budget is null ? null : ResetOf(budget.Limit.Window));
        WriteFigure(writer, "forecast"u8, budget is null ? null : ForecastOf(budget));
        WriteTime(writer, "expires_at"u8, view.Caller?.ExpiresAt);
        writer.WriteStartArray("limits"u8);
        foreach (var reading in view.Limits)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, reading.Limit.Name);
            writer.WriteNumber("limit"u8, reading.Figure(reading.Limit.Amount));
            writer.WriteNumber("remaining"u8, reading.Figure(reading.Standing.Remaining));
            WriteFigure(writer, "forecast"u8, ForecastOf(reading));
            WriteTime(writer, "resets_at"u8, reading.Standing.ResetsAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>What a budget will come to by its window's end if it goes on so.</summary>
    private static decimal? ForecastOf(LimitReading reading) => reading.Limit.Measure == LimitMeasure.Money && reading.Forecast is { } forecast ? reading.Figure(forecast) : null;

    /// <summary>ISO 8601 in UTC, or null.</summary>
    public static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteString(name, known.UtcDateTime);
        else
            writer.WriteNull(name);
    }

    /// <summary>A number, or null.</summary>
    public static void WriteFigure(Utf8JsonWriter writer, ReadOnlySpan<byte> name, decimal? figure)
    {
        if (figure is { } known)
            writer.WriteNumber(name, known);
        else
            writer.WriteNull(name);
    }

    private static string? ResetOf(LimitWindow window) => window switch
    {
        LimitWindow.Hour => "hourly",
        LimitWindow.Day => "daily",
        LimitWindow.Week => "weekly",
        LimitWindow.Month => "monthly",
        _ => null,
    };
}

/// <summary>What a key is told of itself.</summary>
/// <param name="Caller">The key; null for callers without one.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Routes">What it may ask for.</param>
/// <param name="Limits">The limits that hold whatever it asks for.</param>
internal sealed record KeyView(CallerModel? Caller, TierModel Tier, IEnumerable<string> Routes, IReadOnlyList<LimitReading> Limits);
