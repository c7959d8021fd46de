using System.Text.Json;

namespace ServerlessRouter.Alerts.Delivery;

/// <summary>An alert as a workflow of Teams takes it ("When a Teams webhook request is received"): a message with an Adaptive Card. Runs of text know no Markdown, so no name becomes a link or a mention.</summary>
internal static class TeamsBody
{
    public static void WriteMembers(Utf8JsonWriter writer, IReadOnlyList<AlertNews> news)
    {
        writer.WriteString("type"u8, "message"u8);
        writer.WriteStartArray("attachments"u8);
        writer.WriteStartObject();
        writer.WriteString("contentType"u8, "application/vnd.microsoft.card.adaptive"u8);
        writer.WriteNull("contentUrl"u8);
        writer.WriteStartObject("content"u8);
        writer.WriteString("$schema"u8, "http://adaptivecards.io/schemas/adaptive-card.json"u8);
        writer.WriteString("type"u8, "AdaptiveCard"u8);
        writer.WriteString("version"u8, "1.4"u8);
        writer.WriteStartArray("body"u8);
        if (news.Count == 1)
            WriteAlert(writer, news[0].Alert, news[0].Event);
        else
            WriteList(writer, news);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteAlert(Utf8JsonWriter writer, Alert alert, AlertEvent what)
    {
        WriteLine(writer, ($"{AlertBody.TitleOf(alert, what)} ", ColourOf(alert, what)), (alert.Subject, null));
        WriteLine(writer, (alert.Cause, null));
        foreach (var figure in alert.Figures)
            WriteLine(writer, ($"{figure.Name}: {AlertBody.ValueOf(figure)}", null));
        WriteLine(writer, (AlertBody.FootOf(alert), null));
    }

    /// <summary>Within the 28 KB that Teams takes.</summary>
    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<AlertNews> news)
    {
        WriteLine(writer, (AlertBody.TitleOf(news), null));
        foreach (var (alert, what) in AlertBody.WorstFirst(news).Take(AlertBody.MaxListed))
        {
            WriteLine(writer, ($"{AlertBody.TitleOf(alert, what)} ", ColourOf(alert, what)), (alert.Subject, null));
            WriteLine(writer, (AlertText.Cut(alert.Cause, AlertBody.MaxListedCauseLength), null));
        }

        if (news.Count > AlertBody.MaxListed)
            WriteLine(writer, (AlertBody.RestOf(news), null));
    }

    private static string ColourOf(Alert alert, AlertEvent what) => what == AlertEvent.Resolved ? "Good" : alert.Severity == AlertSeverity.Critical ? "Attention" : "Warning";

    private static void WriteLine(Utf8JsonWriter writer, params ReadOnlySpan<(string Text, string? Colour)> runs)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "RichTextBlock"u8);
        writer.WriteStartArray("inlines"u8);
        foreach (var (text, colour) in runs)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "TextRun"u8);
            writer.WriteString("text"u8, text);
            if (colour is not null)
            {
                writer.WriteString("color"u8, colour);
                writer.WriteString("weight"u8, "Bolder"u8);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
