using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Alerts.Delivery;

/// <summary>An alert as Slack's incoming webhooks take it: a text for notifications, and blocks.</summary>
/// <remarks>Slack's documentation, "Formatting text for app surfaces": <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are escaped and nothing else; a section's text has up to 3,000 characters, a field 2,000, and a section ten fields.</remarks>
internal static class SlackBody
{
    private const int MaxFields = 10;
    private const int MaxTextLength = 2900;
    private const int MaxFieldLength = 1900;

    /// <summary>Behind an at sign, so that no name calls a whole channel, whatever parses it.</summary>
    private const char WordJoiner = '\u2060';

    public static void WriteMembers(Utf8JsonWriter writer, IReadOnlyList<AlertNews> news)
    {
        if (news.Count == 1)
            WriteMembers(writer, news[0].Alert, news[0].Event);
        else
            WriteList(writer, news);
    }

    /// <summary>A section for each: fewer than the fifty blocks that a message may have.</summary>
    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<AlertNews> news)
    {
        var (title, worst) = (AlertBody.TitleOf(news), AlertBody.WorstFirst(news));
        writer.WriteString("text"u8, Fit($"{title}; {AlertBody.TitleOf(worst[0].Alert, worst[0].Event)} {Escape(worst[0].Alert.Subject)}", MaxTextLength));
        writer.WriteStartArray("blocks"u8);
        WriteSection(writer, $"*{title}*");
        foreach (var (alert, what) in worst.Take(AlertBody.MaxListed))
            WriteSection(writer, Fit($"*{AlertBody.TitleOf(alert, what)}* {Escape(alert.Subject)}\n{Escape(AlertText.Cut(alert.Cause, AlertBody.MaxListedCauseLength))}", MaxTextLength));
        if (news.Count > AlertBody.MaxListed)
            WriteSection(writer, AlertBody.RestOf(news));
        writer.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter writer, Alert alert, AlertEvent what)
    {
        var (title, subject, cause) = (AlertBody.TitleOf(alert, what), Escape(alert.Subject), Escape(alert.Cause));
        writer.WriteString("text"u8, Fit($"{title} {subject}: {cause}", MaxTextLength));
        writer.WriteStartArray("blocks"u8);
        WriteSection(writer, Fit($"*{title}* {subject}", MaxTextLength));
        WriteSection(writer, Fit(cause, MaxTextLength));
        if (alert.Figures.Length > 0)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "section"u8);
            writer.WriteStartArray("fields"u8);
            foreach (var figure in alert.Figures.Take(MaxFields))
                WriteText(writer, Fit($"{Escape(figure.Name)}: {Escape(AlertBody.ValueOf(figure))}", MaxFieldLength));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "context"u8);
        writer.WriteStartArray("elements"u8);
        WriteText(writer, AlertBody.FootOf(alert));
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>Names are anyone's text: none becomes a link, a mention or a call to a channel.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            switch (letter)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '@':
                    escaped.Append('@').Append(WordJoiner);
                    break;
                default:
                    escaped.Append(letter);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>Cuts what is escaped without leaving half of an escape or of a character.</summary>
    private static string Fit(string escaped, int maxLength)
    {
        if (escaped.Length <= maxLength)
            return escaped;
        var end = char.IsHighSurrogate(escaped[maxLength - 1]) ? maxLength - 1 : maxLength;
        var begin = escaped.LastIndexOf('&', end - 1);
        if (begin >= 0 && escaped.IndexOf(';', begin) is var close && close >= end && close - begin < 6)
            end = begin;
        return escaped[..end] + "…";
    }

    private static void WriteSection(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "section"u8);
        writer.WritePropertyName("text"u8);
        WriteText(writer, text);
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "mrkdwn"u8);
        writer.WriteString("text"u8, text);
        // Nothing in it is made a link or a mention.
        writer.WriteBoolean("verbatim"u8, value: true);
        writer.WriteEndObject();
    }
}
