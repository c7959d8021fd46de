using System.Text.Json;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>An answer model as a weights file.</summary>
internal static class AnswerModelJson
{
    public static void Write(Stream output, AnswerModel model)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", WeightsFormat.Version);
        writer.WriteString("kind", WeightsFormat.Answers);
        writer.WriteStartArray("weights");
        foreach (var weight in model.Weights)
            writer.WriteNumberValue(weight);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static AnswerModel Read(JsonElement json)
    {
        var weights = json.GetProperty("weights").EnumerateArray().Select(weight => weight.GetSingle()).ToArray();
        return weights.Length == AnswerModel.Inputs && weights.All(float.IsFinite)
            ? new AnswerModel(weights)
            : throw new InvalidDataException($"{AnswerModel.Inputs} finite weights are expected where it has {weights.Length}; train it again");
    }
}
