using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>A linear model in a weights file.</summary>
internal static class LinearWeightsJson
{
    public static void Write(Utf8JsonWriter writer, string name, LinearWeights weights)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("groups", (int)weights.Groups);
        writer.WriteNumber("outputs", weights.Outputs);
        WriteArray<uint>(writer, "keys", weights.Keys);
        WriteArray<Half>(writer, "idf", weights.Idf);
        WriteArray<Half>(writer, "scales", weights.Scales);
        WriteArray<sbyte>(writer, "rows", weights.Rows);
        WriteArray<float>(writer, "handcrafted", weights.Handcrafted);
        WriteArray<float>(writer, "bias", weights.Bias);
        writer.WriteEndObject();
    }

    /// <summary>Reads a model back; throws <see cref="InvalidDataException"/> when the sizes do not fit together.</summary>
    public static LinearModel Read(JsonElement json)
    {
        var weights = new LinearWeights
        {
            Groups = (FeatureGroups)json.GetProperty("groups").GetInt32(),
            Outputs = json.GetProperty("outputs").GetInt32(),
            Keys = ReadArray<uint>(json, "keys"),
            Idf = ReadArray<Half>(json, "idf"),
            Scales = ReadArray<Half>(json, "scales"),
            Rows = ReadArray<sbyte>(json, "rows"),
            Handcrafted = ReadArray<float>(json, "handcrafted"),
            Bias = ReadArray<float>(json, "bias"),
        };
        var stride = LinearWeights.StrideOf(weights.Outputs);
        var features = weights.Keys.Length;
        if (weights.Outputs < 1 || weights.Idf.Length != features || weights.Scales.Length != features || weights.Rows.Length != (long)features * stride ||
            weights.Handcrafted.Length != HandcraftedFeatures.Count * stride || weights.Bias.Length != stride)
            throw new InvalidDataException("the sizes of its arrays do not fit together; train it again");
        if (!weights.Handcrafted.Concat(weights.Bias).All(float.IsFinite) || !weights.Idf.Concat(weights.Scales).All(Half.IsFinite))
            throw new InvalidDataException("it holds numbers that are not finite; train it again");
        return new LinearModel(weights);
    }

    private static void WriteArray<T>(Utf8JsonWriter writer, string name, T[] values)
        where T : unmanaged => writer.WriteBase64String(name, MemoryMarshal.AsBytes<T>(values));

    private static T[] ReadArray<T>(JsonElement json, string name)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(json.GetProperty(name).GetBytesFromBase64()).ToArray();
}
