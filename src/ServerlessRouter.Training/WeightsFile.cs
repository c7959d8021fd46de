using System.Text.Json;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Learning;

namespace ServerlessRouter.Training;

/// <summary>Reads and writes weights files; whatever is wrong with one ends in an error that names it, never in an exception.</summary>
internal static class WeightsFile
{
    private static readonly WeightsReader<IPredictor>[] Predictors =
    [
        new(WeightsFormat.Labels, static root => new LabelPredictor(LabelModelJson.Read(root))),
        new(WeightsFormat.Outcomes, static root => new OutcomePredictor(OutcomeModelJson.Read(root))),
        new(WeightsFormat.Answers, static root => new AnswerPredictor(AnswerModelJson.Read(root))),
    ];

    public static IPredictor? LoadPredictor(string path, TextWriter error) => Load(path, Predictors, error);

    public static LabelModel? LoadLabels(string path, TextWriter error) => Load<LabelModel>(path, [new(WeightsFormat.Labels, LabelModelJson.Read)], error);

    public static OutcomeModel? LoadOutcomes(string path, TextWriter error) => Load<OutcomeModel>(path, [new(WeightsFormat.Outcomes, OutcomeModelJson.Read)], error);

    public static AnswerModel? LoadAnswers(string path, TextWriter error) => Load<AnswerModel>(path, [new(WeightsFormat.Answers, AnswerModelJson.Read)], error);

    /// <summary>Whether weights can be written here; asked before a long training rather than after it.</summary>
    public static bool IsWritable(string path, TextWriter error)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path))
            error.WriteLine($"error: cannot write '{path}': it is a folder");
        else if (!Directory.Exists(folder))
            error.WriteLine($"error: cannot write '{path}': there is no folder '{folder}'");
        else
            return true;
        return false;
    }

    /// <summary>Writes beside the old weights and then takes their place, so that a reader never sees half a file.</summary>
    public static bool Save(string path, Action<Stream> write, TextWriter error)
    {
        var unfinished = path + ".new";
        try
        {
            using (var file = File.Create(unfinished))
                write(file);
            File.Move(unfinished, path, overwrite: true);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot write '{path}': {failure.Message}");
            return false;
        }
    }

    private static T? Load<T>(string path, IReadOnlyList<WeightsReader<T>> readers, TextWriter error)
        where T : class
    {
        if (!File.Exists(path))
        {
            error.WriteLine($"error: there is no weights file '{path}'; {WeightsContent.Remedy(readers)}");
            return null;
        }

        try
        {
            if (WeightsContent.TryRead(File.ReadAllBytes(path), readers, out var problem) is { } weights)
                return weights;
            error.WriteLine($"error: cannot use the weights: '{path}' {problem}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot read the weights '{path}': {failure.Message}");
        }

        return null;
    }
}

/// <summary>Answers with the probability that the given answer is right.</summary>
internal sealed class AnswerPredictor(AnswerModel model) : IPredictor
{
    public void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var acceptable = model.Acceptable(row.Prompt, row.Response);
        var micros = time.GetElapsedTime(started).TotalMicroseconds;

        writer.WriteNumber("acceptable", acceptable);
        writer.WriteNumber("micros", micros);
    }
}

/// <summary>Answers with the quality of each model that trained outcome weights know.</summary>
internal sealed class OutcomePredictor(OutcomeModel model) : IPredictor
{
    private readonly float[] _quality = new float[model.Models.Length];

    public void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(row.Prompt, model.Heads.Groups, features);
        var confidence = model.Predict(features, _quality);
        var micros = time.GetElapsedTime(started).TotalMicroseconds;

        writer.WriteStartObject("quality");
        for (var place = 0; place < _quality.Length; place++)
            writer.WriteNumber(model.Models[place], _quality[place]);
        writer.WriteEndObject();
        writer.WriteNumber("confidence", confidence);
        writer.WriteNumber("micros", micros);
    }
}

/// <summary>Answers with the label of trained label weights.</summary>
internal sealed class LabelPredictor(LabelModel model) : IPredictor
{
    private readonly float[] _probabilities = new float[model.Labels.Length];

    public void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(row.Prompt, model.Linear.Groups, features);
        var decision = model.Decide(features, _probabilities);
        var micros = time.GetElapsedTime(started).TotalMicroseconds;

        writer.WriteString("task", model.Labels[decision.Label]);
        writer.WriteNumber("confidence", decision.Confidence);
        writer.WriteStartObject("scores");
        for (var label = 0; label < _probabilities.Length; label++)
            writer.WriteNumber(model.Labels[label], _probabilities[label]);
        writer.WriteEndObject();
        writer.WriteBoolean("abstained", decision.Abstained);
        writer.WriteNumber("micros", micros);
    }
}
