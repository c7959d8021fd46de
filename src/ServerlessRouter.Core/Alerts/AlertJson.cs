using System.Text.Json;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts;

/// <summary>An alert as answers and messages have it.</summary>
public static class AlertJson
{
    /// <summary>The members of an alert, into an object that has begun.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, Alert alert)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(alert);
        writer.WriteString("id"u8, alert.Id);
        writer.WriteString("type"u8, AlertTypes.NameOf(alert.Type));
        writer.WriteString("subject"u8, alert.Subject);
        writer.WriteString("severity"u8, AlertSeverities.NameOf(alert.Severity));
        writer.WritePropertyName("figures"u8);
        AlertFigures.Write(writer, alert.Figures);
        writer.WriteString("cause"u8, alert.Cause);
        writer.WriteString("since"u8, alert.Since.UtcDateTime);
        if (alert.Resolved is { } resolved)
            writer.WriteString("resolved"u8, resolved.UtcDateTime);
        else
            writer.WriteNull("resolved"u8);
    }

    /// <summary>An alert as the API tells of it.</summary>
    public static void Write(Utf8JsonWriter writer, Alert alert)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "alert"u8);
        WriteMembers(writer, alert);
        if (alert.Acknowledged is { } acknowledged)
        {
            writer.WriteStartObject("acknowledged"u8);
            writer.WriteString("by"u8, acknowledged.By);
            writer.WriteString("at"u8, acknowledged.At.UtcDateTime);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("acknowledged"u8);
        }

        writer.WriteEndObject();
    }
}
