using System.Buffers;
using System.Text.Json;

namespace ServerlessRouter.Probes;

/// <summary>The cheapest question there is.</summary>
internal static class ProbeRequest
{
    /// <summary>As few as every vendor accepts.</summary>
    private const int MostAnswerTokens = 16;

    /// <summary>A chat request in OpenAI's schema.</summary>
    public static byte[] Of(string model)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteNumber("max_tokens", MostAnswerTokens);
        writer.WriteStartArray("messages");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteString("content", "Say ok.");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
