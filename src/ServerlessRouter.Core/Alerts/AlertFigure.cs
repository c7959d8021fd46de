using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Alerts;

/// <summary>A figure that an alert stands on: a number, or a short text such as a version.</summary>
public sealed record AlertFigure
{
    /// <summary>Longer texts are cut.</summary>
    public const int MaxTextLength = 256;

    public AlertFigure(string name, decimal number) => (Name, Number) = (name, number);

    public AlertFigure(string name, string text) => (Name, Text) = (name, AlertText.Cut(text, MaxTextLength));

    /// <summary>In small letters with underscores and its unit: <c>spent_usd</c>.</summary>
    public string Name { get; }

    /// <summary>Null where it is a text.</summary>
    public decimal? Number { get; }

    /// <summary>Null where it is a number.</summary>
    public string? Text { get; }
}

/// <summary>Figures as one JSON object, as rows and answers have them.</summary>
internal static class AlertFigures
{
    public static void Write(Utf8JsonWriter writer, ImmutableArray<AlertFigure> figures)
    {
        writer.WriteStartObject();
        foreach (var figure in figures)
        {
            if (figure.Number is { } number)
                writer.WriteNumber(figure.Name, number);
            else
                writer.WriteString(figure.Name, figure.Text);
        }

        writer.WriteEndObject();
    }

    public static string Write(ImmutableArray<AlertFigure> figures)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
            Write(writer, figures);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    public static ImmutableArray<AlertFigure> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateObject().Select(static member => member.Value.ValueKind == JsonValueKind.Number
                ? new AlertFigure(member.Name, member.Value.GetDecimal())
                : new AlertFigure(member.Name, member.Value.GetString() ?? "")),
        ];
    }
}
