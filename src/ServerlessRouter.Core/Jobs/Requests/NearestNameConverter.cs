using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>Writes an enum by its names, and reads a name that is none of them as <paramref name="nearest"/>.</summary>
internal abstract class NearestNameConverter<T>(T nearest) : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Enum.TryParse<T>(reader.GetString(), out var known) ? known : nearest;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
