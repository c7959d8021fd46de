using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A source that a text block names.</summary>
/// <param name="Json">As it came.</param>
/// <param name="Url">The page, where it is one; documents have none.</param>
/// <param name="Title">The page's.</param>
/// <param name="Quote">What the source says.</param>
/// <param name="Start">Where the text that rests on it begins in the message's content, in UTF-16 code units.</param>
/// <param name="End">Behind its last code unit.</param>
internal readonly record struct AnthropicCitation(string Json, string? Url, string? Title, string? Quote, int Start, int End)
{
    public static AnthropicCitation Of(JsonElement citation, int start, int end) => new(
        LooseJson.Raw(citation), LooseJson.Text(citation, "url"), LooseJson.Text(citation, "title"), LooseJson.Text(citation, "cited_text"), start, end);

    /// <summary>Writes those of pages as OpenAI's <c>annotations</c>. In streams each carries its place among them, without which OpenAI's Python client puts no list together.</summary>
    public static void WriteAnnotations(Utf8JsonWriter writer, List<AnthropicCitation> citations, int? firstPlace = null)
    {
        if (!citations.Exists(static citation => citation.Url is not null))
            return;
        var place = firstPlace;
        writer.WriteStartArray("annotations");
        foreach (var citation in citations)
        {
            if (citation.Url is null)
                continue;
            writer.WriteStartObject();
            if (place is { } index)
                writer.WriteNumber("index", index);
            place++;
            writer.WriteString("type", "url_citation");
            writer.WriteStartObject("url_citation");
            writer.WriteNumber("start_index", citation.Start);
            writer.WriteNumber("end_index", citation.End);
            writer.WriteString("url", citation.Url);
            writer.WriteString("title", citation.Title ?? "");
            if (citation.Quote is not null)
                writer.WriteString("content", citation.Quote);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes all of them as they came, each with the text that rests on it.</summary>
    public static void WriteAsTheyCame(Utf8JsonWriter writer, List<AnthropicCitation> citations, int? firstPlace = null)
    {
        var place = firstPlace;
        writer.WriteStartArray("citations");
        foreach (var citation in citations)
        {
            writer.WriteStartObject();
            if (place is { } index)
                writer.WriteNumber("index", index);
            place++;
            writer.WriteNumber("start_index", citation.Start);
            writer.WriteNumber("end_index", citation.End);
            writer.WritePropertyName("citation");
            writer.WriteRawValue(citation.Json, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
