using System.Text.Json;

namespace ServerlessRouter.Errors;

/// <summary>Writes errors as callers get them: OpenAI's schema, with OpenRouter's <c>availability</c> where one fits.</summary>
public static class RouterErrorJson
{
    /// <summary>Writes the member <c>"error": {…}</c> into an open object.</summary>
    public static void WriteMember(Utf8JsonWriter writer, RouterError error)
    {
        var traits = RouterErrorTraits.Of(error.Code);
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, traits.Type);
        writer.WriteString("param"u8, error.Param);
        writer.WriteString("code"u8, traits.Code);
        if (traits.Availability is { } availability)
        {
            writer.WriteStartObject("availability"u8);
            writer.WriteString("code"u8, availability);
            writer.WriteStartArray("excluded_by"u8);
            foreach (var constraint in error.ExcludedBy)
                writer.WriteStringValue(constraint);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
