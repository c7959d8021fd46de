using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Wire;

/// <summary>Composes errors in OpenAI's schema, with OpenRouter's <c>availability</c> where one fits.</summary>
internal static class ErrorBody
{
    /// <summary><c>{"error":{…}}</c>.</summary>
    public static ReadOnlyMemory<byte> Of(RouterError error)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        RouterErrorJson.WriteMember(writer, error);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    /// <summary>A server-sent event whose chunk ends the stream with the error.</summary>
    public static ReadOnlyMemory<byte> OfEvent(RouterError error, string requestId, string model, DateTimeOffset now)
    {
        var output = new ArrayBufferWriter<byte>(512);
        output.Write("data: "u8);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, requestId);
        writer.WriteString("object"u8, "chat.completion.chunk"u8);
        writer.WriteNumber("created"u8, now.ToUnixTimeSeconds());
        writer.WriteString("model"u8, model);
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("delta"u8);
        writer.WriteEndObject();
        writer.WriteString("finish_reason"u8, "error"u8);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (!TryCopyRefusal(writer, error.Refusal))
            RouterErrorJson.WriteMember(writer, error);
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n\n"u8);
        return output.WrittenMemory;
    }

    /// <summary>The vendor's own words, where it wrote an error object.</summary>
    private static bool TryCopyRefusal(Utf8JsonWriter writer, UpstreamRefusal? refusal)
    {
        if (refusal is null)
            return false;
        try
        {
            using var document = JsonDocument.Parse(refusal.Body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error"u8, out var error))
                return false;
            writer.WritePropertyName("error"u8);
            error.WriteTo(writer);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
