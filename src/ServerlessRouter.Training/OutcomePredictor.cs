using System.Text.Json;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training;

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
