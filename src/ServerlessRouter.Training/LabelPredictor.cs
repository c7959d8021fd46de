using System.Text.Json;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training;

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
