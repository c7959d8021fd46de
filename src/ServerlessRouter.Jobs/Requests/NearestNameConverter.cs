using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>Writes an enum by its names, and reads a name that is none of them as <paramref name="nearest"/>; of several flags those that are known.</summary>
internal abstract class NearestNameConverter<T>(T nearest) : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Enum.TryParse<T>(Known(reader.GetString() ?? ""), out var known) ? known : nearest;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    /// <summary>A number would pass for the value of a name that is not there.</summary>
    private static string Known(string names) => string.Join(", ", names.Split(", ").Where(static name => Enum.GetNames<T>().Contains(name)));
}
