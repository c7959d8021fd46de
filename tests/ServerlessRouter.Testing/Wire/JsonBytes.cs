using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Wire;

/// <summary>JSON as vendors write it: compact UTF-8 with characters outside ASCII left as they are.</summary>
internal static class JsonBytes
{
    private static readonly JsonWriterOptions AsVendorsWrite = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, AsVendorsWrite))
            node.WriteTo(writer);
        return buffer.ToArray();
    }
}
