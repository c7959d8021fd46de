using System.Text.Json;

namespace ServerlessRouter.Classification.Models;

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
        WriteCurve(writer, "trust", weights.Trust);
        WriteCurve(writer, "calibrated", weights.Calibrated);
        writer.WriteStartObject("difficulty");
        writer.WriteNumber("headsShare", weights.Difficulty.HeadsShare);
        writer.WriteNumber("ruleMean", weights.Difficulty.RuleMean);
        WriteCurve(writer, "trust", weights.Difficulty.Trust);
        writer.WriteEndObject();
        WriteNumbers(writer, "taskEvidence", weights.Evidence.ByTask);
        writer.WriteNumber("evidence", weights.Evidence.OfAll);
        LinearWeightsJson.Write(writer, "heads", model.Heads.Weights);
        LinearWeightsJson.Write(writer, "cautious", model.Cautious.Weights);
        LinearWeightsJson.Write(writer, "taskModel", model.Tasks.Weights);
        writer.WriteEndObject();
    }

    public static OutcomeModel Read(JsonElement json)
    {
        if (!json.TryGetProperty("evidence", out var evidence) || !json.TryGetProperty("difficulty", out var difficulty))
            throw new InvalidDataException("it was made by an older version; train it again");
        var weights = new OutcomeWeights(
            ReadNames(json, "models"), ReadNumbers(json, "global"), ReadNames(json, "tasks"), ReadNumbers(json, "table"),
            json.GetProperty("headsShare").GetSingle(), json.GetProperty("cautiousShare").GetSingle(),
            ReadCurve(json, "trust"), ReadCurve(json, "calibrated"), new GradedEvidence(ReadNumbers(json, "taskEvidence"), evidence.GetSingle()),
            new DifficultyWeights(difficulty.GetProperty("headsShare").GetSingle(), difficulty.GetProperty("ruleMean").GetSingle(), ReadCurve(difficulty, "trust")));
        var heads = LinearWeightsJson.Read(json.GetProperty("heads"));
        var cautious = LinearWeightsJson.Read(json.GetProperty("cautious"));
        var tasks = LinearWeightsJson.Read(json.GetProperty("taskModel"));
        if (heads.Outputs != weights.Models.Length || cautious.Outputs != heads.Outputs || tasks.Outputs != weights.Tasks.Length || weights.Global.Length != weights.Models.Length ||
            weights.Table.Length != weights.Models.Length * weights.Tasks.Length || weights.Evidence.ByTask.Length != weights.Tasks.Length)
            throw new InvalidDataException("the sizes of its parts do not fit together; train it again");
        if (!weights.Global.Concat(weights.Table).Append(weights.HeadsShare).Append(weights.CautiousShare).Append(weights.Difficulty.HeadsShare).Append(weights.Difficulty.RuleMean).All(float.IsFinite))
            throw new InvalidDataException("it holds numbers that are not finite; train it again");
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

    private static void WriteCurve(Utf8JsonWriter writer, string name, TrustCurve curve) => WriteNumbers(writer, name, [curve.Offset, curve.OfCoverage, curve.OfTaskConfidence]);

    private static TrustCurve ReadCurve(JsonElement json, string name) => ReadNumbers(json, name) is [var offset, var ofCoverage, var ofTaskConfidence]
        ? new TrustCurve(offset, ofCoverage, ofTaskConfidence)
        : throw new InvalidDataException($"'{name}' needs three numbers; train it again");

    private static string[] ReadNames(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!).ToArray();

    private static float[] ReadNumbers(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(value => value.GetSingle()).ToArray();
}

/// <summary>What a file made by <c>train --outcomes</c> holds.</summary>
internal sealed class OutcomeFile
{
    private readonly OutcomeModel _model;

    private OutcomeFile(OutcomeModel model) => _model = model;

    /// <summary>The models it knows.</summary>
    public IReadOnlyList<string> Models => _model.Weights.Models;

    /// <summary>The file's content, or null and what is wrong with it.</summary>
    public static OutcomeFile? TryRead(ReadOnlyMemory<byte> content, out string? problem) =>
        WeightsContent.TryRead<OutcomeModel>(content, [new(WeightsFormat.Outcomes, OutcomeModelJson.Read)], out problem) is { } model ? new OutcomeFile(model) : null;

    /// <summary>Predicts for these models, in their order.</summary>
    public OutcomeQuality For(IReadOnlyList<string> models) => new OutcomeQuality(_model, models);
}
