using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts.Delivery;

/// <summary>What is sent of an alert, in the schema its receiver reads.</summary>
internal static class AlertBody
{
    // It is no part of a page, and receivers show what they get.
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Alerts that a list for people names; of more it tells how many.</summary>
    public const int MaxListed = 20;

    /// <summary>Causes are cut to it in a list, so that the message stays within what receivers take.</summary>
    public const int MaxListedCauseLength = 300;

    public static byte[] Write(AlertFormat format, IReadOnlyList<AlertNews> news)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Style);
        writer.WriteStartObject();
        switch (format)
        {
            case AlertFormat.Standard:
                WriteMembers(writer, news);
                break;
            case AlertFormat.Slack:
                SlackBody.WriteMembers(writer, news);
                break;
            case AlertFormat.Teams:
                TeamsBody.WriteMembers(writer, news);
                break;
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The worst that is open first, as it happened among equals: who reads one line reads that.</summary>
    public static IReadOnlyList<AlertNews> WorstFirst(IReadOnlyList<AlertNews> news) =>
        [.. news.OrderBy(static one => one.Event == AlertEvent.Resolved).ThenByDescending(static one => one.Alert.Severity)];

    /// <summary>What a person reads first of several.</summary>
    public static string TitleOf(IReadOnlyList<AlertNews> news)
    {
        var over = news.Count(static one => one.Event == AlertEvent.Resolved);
        var critical = news.Count(static one => one is { Event: not AlertEvent.Resolved, Alert.Severity: AlertSeverity.Critical });
        var warnings = news.Count - over - critical;
        (int Count, string Name)[] parts = [(critical, "critical"), (warnings, warnings == 1 ? "warning" : "warnings"), (over, "over")];
        return $"{news.Count} alerts: {string.Join(", ", parts.Where(static part => part.Count > 0).Select(static part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Name}")))}";
    }

    /// <summary>What stands in place of those that are not listed.</summary>
    public static string RestOf(IReadOnlyList<AlertNews> news) => string.Create(CultureInfo.InvariantCulture, $"and {news.Count - MaxListed} more: serverless-router alerts --all");

    /// <summary>What a person reads first.</summary>
    public static string TitleOf(Alert alert, AlertEvent what) => what switch
    {
        AlertEvent.Resolved => $"Over: {AlertTypes.NameOf(alert.Type)}",
        AlertEvent.Worsened => $"Worse, {AlertSeverities.NameOf(alert.Severity)}: {AlertTypes.NameOf(alert.Type)}",
        AlertEvent.Fired => $"{(alert.Severity == AlertSeverity.Critical ? "Critical" : "Warning")}: {AlertTypes.NameOf(alert.Type)}",
    };

    /// <summary>A receiver that knows nothing of lists reads the worst of them.</summary>
    private static void WriteMembers(Utf8JsonWriter writer, IReadOnlyList<AlertNews> news)
    {
        AlertJson.WriteMembers(writer, WorstFirst(news)[0].Alert);
        if (news.Count == 1)
            return;
        writer.WriteStartArray("alerts"u8);
        foreach (var (alert, _) in news)
        {
            writer.WriteStartObject();
            AlertJson.WriteMembers(writer, alert);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static string FootOf(Alert alert)
    {
        var end = alert.Resolved is { } resolved ? string.Create(CultureInfo.InvariantCulture, $", until {resolved.UtcDateTime:yyyy-MM-dd HH:mm:ss}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"since {alert.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}{end} UTC, {alert.Id}");
    }

    public static string ValueOf(AlertFigure figure) => figure.Text ?? figure.Number!.Value.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>What has happened to an alert.</summary>
/// <param name="Alert">The alert, as it was then.</param>
/// <param name="Event">What happened.</param>
internal readonly record struct AlertNews(Alert Alert, AlertEvent Event);
