using System.Text.Json;

namespace ServerlessRouter.Classification.Learning;

/// <summary>An outcome model as a weights file.</summary>
internal static class OutcomeModelJson
{
    public static void Write(Stream output, OutcomeModel model)
    {
        var weights = model.Weights;
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", WeightsFormat.Version);
        writer.WriteString("kind", WeightsFormat.Outcomes);
        WriteNames(writer, "models", weights.Models);
        WriteNumbers(writer, "global", weights.Global);
        WriteNames(writer, "tasks", weights.Tasks);
        WriteNumbers(writer, "table", weights.Table);
        writer.WriteNumber("headsShare", weights.HeadsShare);
        writer.WriteNumber("cautiousShare", weights.CautiousShare);
        WriteNumbers(writer, "trust", [weights.Trust.Offset, weights.Trust.OfCoverage, weights.Trust.OfTaskConfidence]);
        LinearWeightsJson.Write(writer, "heads", model.Heads.Weights);
        LinearWeightsJson.Write(writer, "cautious", model.Cautious.Weights);
        LinearWeightsJson.Write(writer, "taskModel", model.Tasks.Weights);
        writer.WriteEndObject();
    }

    public static OutcomeModel Read(JsonElement json)
    {
        var trust = ReadNumbers(json, "trust");
        var weights = new OutcomeWeights(
            ReadNames(json, "models"), ReadNumbers(json, "global"), ReadNames(json, "tasks"), ReadNumbers(json, "table"),
            json.GetProperty("headsShare").GetSingle(), json.GetProperty("cautiousShare").GetSingle(),
            trust.Length == 3 ? new TrustCurve(trust[0], trust[1], trust[2]) : default);
        var heads = LinearWeightsJson.Read(json.GetProperty("heads"));
        var cautious = LinearWeightsJson.Read(json.GetProperty("cautious"));
        var tasks = LinearWeightsJson.Read(json.GetProperty("taskModel"));
        if (heads.Outputs != weights.Models.Length || cautious.Outputs != heads.Outputs || tasks.Outputs != weights.Tasks.Length || weights.Global.Length != weights.Models.Length ||
            weights.Table.Length != weights.Models.Length * weights.Tasks.Length || trust.Length != 3)
            throw new InvalidDataException("the sizes of its parts do not fit together; train it again");
        return new OutcomeModel(heads, cautious, tasks, weights);
    }

    private static void WriteNames(Utf8JsonWriter writer, string name, string[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, float[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static string[] ReadNames(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!).ToArray();

    private static float[] ReadNumbers(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(value => value.GetSingle()).ToArray();
}
