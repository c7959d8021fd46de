using System.Text.Json;

namespace ServerlessRouter.Classification.Models;

/// <summary>A label model as a weights file.</summary>
internal static class LabelModelJson
{
    public static void Write(Stream output, LabelModel model)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", WeightsFormat.Version);
        writer.WriteString("kind", WeightsFormat.Labels);
        writer.WriteStartArray("labels");
        foreach (var label in model.Labels)
            writer.WriteStringValue(label);
        writer.WriteEndArray();
        writer.WriteNumber("temperature", model.Temperature);
        writer.WriteNumber("abstainBelow", model.AbstainBelow);
        LinearWeightsJson.Write(writer, "linear", model.Linear.Weights);
        writer.WriteEndObject();
    }

    public static LabelModel Read(JsonElement json)
    {
        var labels = json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!).ToArray();
        var linear = LinearWeightsJson.Read(json.GetProperty("linear"));
        if (linear.Outputs != labels.Length)
            throw new InvalidDataException("it has not one output for each label; train it again");
        if (labels.Distinct().Count() != labels.Length)
            throw new InvalidDataException("it names a label twice; train it again");
        float temperature = json.GetProperty("temperature").GetSingle(), abstainBelow = json.GetProperty("abstainBelow").GetSingle();
        return float.IsFinite(temperature) && temperature > 0 && float.IsFinite(abstainBelow)
            ? new LabelModel(linear, labels, temperature, abstainBelow)
            : throw new InvalidDataException("its temperature must be above 0 and its threshold a number; train it again");
    }
}
