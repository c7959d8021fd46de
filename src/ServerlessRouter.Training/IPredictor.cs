using System.Text.Json;

namespace ServerlessRouter.Training;

/// <summary>Answers one row of `predict` with the fields its kind of weights gives.</summary>
internal interface IPredictor
{
    void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time);
}
