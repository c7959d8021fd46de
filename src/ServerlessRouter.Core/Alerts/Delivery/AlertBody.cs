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

    public static byte[] Write(AlertFormat format, Alert alert, AlertEvent what)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Style);
        writer.WriteStartObject();
        switch (format)
        {
            case AlertFormat.Standard:
                AlertJson.WriteMembers(writer, alert);
                break;
            case AlertFormat.Slack:
                SlackBody.WriteMembers(writer, alert, what);
                break;
            case AlertFormat.Teams:
                TeamsBody.WriteMembers(writer, alert, what);
                break;
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What a person reads first.</summary>
    public static string TitleOf(Alert alert, AlertEvent what) => what switch
    {
        AlertEvent.Resolved => $"Over: {AlertTypes.NameOf(alert.Type)}",
        AlertEvent.Worsened => $"Worse, {AlertSeverities.NameOf(alert.Severity)}: {AlertTypes.NameOf(alert.Type)}",
        AlertEvent.Fired => $"{(alert.Severity == AlertSeverity.Critical ? "Critical" : "Warning")}: {AlertTypes.NameOf(alert.Type)}",
    };

    public static string FootOf(Alert alert)
    {
        var end = alert.Resolved is { } resolved ? string.Create(CultureInfo.InvariantCulture, $", until {resolved.UtcDateTime:yyyy-MM-dd HH:mm:ss}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"since {alert.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}{end} UTC, {alert.Id}");
    }

    public static string ValueOf(AlertFigure figure) => figure.Text ?? figure.Number!.Value.ToString("0.######", CultureInfo.InvariantCulture);
}
