using System.Text.Json;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>Answers one row of `predict` with the fields its kind of weights gives.</summary>
internal interface IPredictor
{
    void Write(Utf8JsonWriter writer, PredictionRow row, TimeProvider time);
}

/// <summary>One question to `predict`.</summary>
internal sealed record PredictionRow(string Id, byte[] Prompt, byte[]? Response)
{
    public static PredictionRow? Parse(JsonElement line, out string reason)
    {
        if (!TrainingRows.TryText(line, "prompt", out var prompt, out reason))
            return null;
        var id = line.TryGetProperty("id", out var given)
            ? given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText()
            : "";
        byte[]? response = null;
        if (line.TryGetProperty("response", out _) && !TrainingRows.TryText(line, "response", out response, out reason))
            return null;
        return new PredictionRow(id, prompt, response);
    }
}
