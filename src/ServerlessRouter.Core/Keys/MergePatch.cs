using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Keys;

/// <summary>Changes members of an object as RFC 7396 says: what is written takes the place of what was there, and null takes it away. Members of members are not merged: a list of budgets is one thing.</summary>
internal static class MergePatch
{
    public static JsonElement Apply(ReadOnlyMemory<byte> document, JsonElement patch)
    {
        using var known = JsonDocument.Parse(document);
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var member in known.RootElement.EnumerateObject())
            {
                if (!patch.TryGetProperty(member.Name, out _))
                    member.WriteTo(writer);
            }

            foreach (var member in patch.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.Null)
                    member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(output.WrittenSpan, new JsonReaderOptions { AllowMultipleValues = false });
        return JsonElement.ParseValue(ref reader);
    }
}

/// <summary>The generated JSON contract of a document of any form.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonElementContext : JsonSerializerContext;
