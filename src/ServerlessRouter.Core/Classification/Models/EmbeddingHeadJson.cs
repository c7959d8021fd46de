using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification.Models;

/// <summary>The weights that read vectors as a weights file.</summary>
internal static class EmbeddingHeadJson
{
    public static void Write(Stream output, EmbeddingHead head)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", WeightsFormat.Version);
        writer.WriteString("kind", WeightsFormat.Embeddings);
        writer.WriteString("model", head.Model);
        writer.WriteNumber("dimensions", head.Dimensions);
        writer.WriteStartArray("tasks");
        foreach (var task in head.Tasks)
            writer.WriteStringValue(task.ToWireName());
        writer.WriteEndArray();
        writer.WriteNumber("temperature", head.Temperature);
        writer.WriteNumber("share", head.Share);
        writer.WriteBase64String("rows", MemoryMarshal.AsBytes<float>(head.Rows));
        writer.WriteBase64String("bias", MemoryMarshal.AsBytes<float>(head.Bias));
        writer.WriteEndObject();
    }

    /// <summary>Reads them back; throws <see cref="InvalidDataException"/> when they do not fit together.</summary>
    public static EmbeddingHead Read(JsonElement json)
    {
        var head = new EmbeddingHead
        {
            Model = json.GetProperty("model").GetString() ?? throw new InvalidDataException("it does not name its model; train it again"),
            Dimensions = json.GetProperty("dimensions").GetInt32(),
            Tasks = [.. json.GetProperty("tasks").EnumerateArray().Select(ReadTask)],
            Temperature = json.GetProperty("temperature").GetSingle(),
            Share = json.GetProperty("share").GetSingle(),
            Rows = ReadFloats(json, "rows"),
            Bias = ReadFloats(json, "bias"),
        };
        if (head.Tasks.Length is 0 || head.Tasks.Distinct().Count() != head.Tasks.Length)
            throw new InvalidDataException("it names no task, or one twice; train it again");
        if (head.Dimensions < 1 || head.Bias.Length != head.Stride || head.Rows.Length != (long)head.Dimensions * head.Stride)
            throw new InvalidDataException("the sizes of its arrays do not fit together; train it again");
        return head.Share is >= 0 and <= 1 && head.Temperature > 0 && head.Rows.Concat(head.Bias).Append(head.Temperature).All(float.IsFinite)
            ? head
            : throw new InvalidDataException("it holds numbers that are not finite or out of range; train it again");
    }

    private static TaskKind ReadTask(JsonElement name) =>
        TaskKinds.TryParse(name.GetString(), out var task) ? task : throw new InvalidDataException($"'{name}' is no task; train it again");

    private static float[] ReadFloats(JsonElement json, string name) => MemoryMarshal.Cast<byte, float>(json.GetProperty(name).GetBytesFromBase64()).ToArray();
}

/// <summary>What a file made by <c>train --labels ROWS --embeddings CONFIG</c> holds.</summary>
internal static class EmbeddingHeadFile
{
    /// <summary>The file's content, or null and what is wrong with it.</summary>
    public static EmbeddingHead? TryRead(ReadOnlyMemory<byte> content, out string? problem) =>
        WeightsContent.TryRead<EmbeddingHead>(content, [new(WeightsFormat.Embeddings, EmbeddingHeadJson.Read)], out problem);
}
