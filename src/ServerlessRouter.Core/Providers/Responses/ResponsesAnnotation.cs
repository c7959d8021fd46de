using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>A source that a text names.</summary>
/// <param name="Json">As it came.</param>
/// <param name="Url">The page, where it is one; files have none.</param>
/// <param name="Title">The page's.</param>
/// <param name="Start">Where the text that rests on it begins in the answer's content.</param>
/// <param name="End">Where that ends.</param>
internal readonly record struct ResponsesAnnotation(string Json, string? Url, string? Title, int Start, int End)
{
    /// <summary>Reads one; its places count from <paramref name="start"/>, where its part of the content begins.</summary>
    public static ResponsesAnnotation Of(JsonElement annotation, int start) => new(
        LooseJson.Raw(annotation), LooseJson.Text(annotation, "type") is "url_citation" or null ? LooseJson.Text(annotation, "url") : null, LooseJson.Text(annotation, "title"),
        start + LooseJson.Count(annotation, "start_index"), start + LooseJson.Count(annotation, "end_index"));

    /// <summary>Writes those of pages as <c>annotations</c>. In streams each carries its place among them, without which OpenAI's Python client puts no list together.</summary>
    public static void WritePages(Utf8JsonWriter writer, List<ResponsesAnnotation> annotations, int? firstPlace = null)
    {
        if (!annotations.Exists(static annotation => annotation.Url is not null))
            return;
        var place = firstPlace;
        writer.WriteStartArray("annotations");
        foreach (var annotation in annotations)
        {
            if (annotation.Url is null)
                continue;
            writer.WriteStartObject();
            if (place is { } index)
                writer.WriteNumber("index", index);
            place++;
            writer.WriteString("type", "url_citation");
            writer.WriteStartObject("url_citation");
            writer.WriteNumber("start_index", annotation.Start);
            writer.WriteNumber("end_index", annotation.End);
            writer.WriteString("url", annotation.Url);
            writer.WriteString("title", annotation.Title ?? "");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes those of files as they came, as <c>file_annotations</c>.</summary>
    public static void WriteFiles(Utf8JsonWriter writer, List<ResponsesAnnotation> annotations)
    {
        if (!HasFiles(annotations))
            return;
        writer.WriteStartArray("file_annotations");
        foreach (var annotation in annotations)
        {
            if (annotation.Url is null)
                writer.WriteRawValue(annotation.Json, skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    public static bool HasFiles(List<ResponsesAnnotation> annotations) => annotations.Exists(static annotation => annotation.Url is null);
}
