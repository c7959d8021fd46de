using System.Text.Json;
using ServerlessRouter.Classification;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Training;

/// <summary>Answers with the task and difficulty of the weights that ship.</summary>
internal sealed class ShippedPredictor(TaskClassifier classifier) : IPredictor
{
    private readonly float[] _probabilities = new float[TaskKinds.Count];

    public void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var decision = classifier.Classify(row.Prompt, _probabilities);
        var micros = time.GetElapsedTime(started).TotalMicroseconds;

        writer.WriteString("task", decision.Task.ToWireName());
        writer.WriteNumber("confidence", decision.Confidence);
        writer.WriteStartObject("scores");
        for (var task = 0; task < _probabilities.Length; task++)
            writer.WriteNumber(TaskKinds.WireNames[task], _probabilities[task]);
        writer.WriteEndObject();
        writer.WriteBoolean("abstained", decision.Abstained);
        writer.WriteNumber("difficulty", decision.Difficulty);
        writer.WriteNumber("micros", micros);
    }
}
