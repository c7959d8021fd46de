using System.Text.Json;
using ServerlessRouter.Training.Learning;

namespace ServerlessRouter.Training;

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
