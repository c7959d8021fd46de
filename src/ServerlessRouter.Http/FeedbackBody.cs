using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Http;

/// <summary>Reads <c>{"request_id": …, "score": 0..1}</c>, or <c>"thumbs": "up" | "down"</c> in place of the score.</summary>
internal static class FeedbackBody
{
    public const string RequestId = "request_id";
    private const string Score = "score";
    private const string Thumbs = "thumbs";

    /// <summary>What is wrong with the body, or null and its content.</summary>
    public static RouterError? Read(ReadOnlyMemory<byte> body, out string requestId, out float grade)
    {
        (requestId, grade) = ("", 0);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return RouterError.InvalidRequest("The body must be a JSON object with 'request_id' and 'score' or 'thumbs'.");
            if (!root.TryGetProperty(RequestId, out var id) || id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 } name)
                return RouterError.InvalidRequest("'request_id' must be the x-request-id of the answer that is graded, as a string.", RequestId);
            requestId = name;
            return ReadGrade(root, out grade);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return RouterError.InvalidRequest($"The body is not JSON: {JsonFault.Explain(body.Span)} Send {{\"request_id\": \"…\", \"score\": 0.8}}.");
        }
    }

    private static RouterError? ReadGrade(JsonElement root, out float grade)
    {
        grade = 0;
        var hasScore = root.TryGetProperty(Score, out var score) && score.ValueKind != JsonValueKind.Null;
        var hasThumbs = root.TryGetProperty(Thumbs, out var thumbs) && thumbs.ValueKind != JsonValueKind.Null;
        if (hasScore == hasThumbs)
            return RouterError.InvalidRequest("Send either 'score', a number from 0 to 1, or 'thumbs', \"up\" or \"down\".", Score);
        if (hasScore)
        {
            return score.ValueKind == JsonValueKind.Number && score.TryGetSingle(out grade) && grade is >= 0 and <= 1
                ? null
                : RouterError.InvalidRequest("'score' must be a number from 0, useless, to 1, perfect.", Score);
        }

        grade = thumbs.ValueKind == JsonValueKind.String && thumbs.ValueEquals("up") ? 1 : 0;
        return thumbs.ValueKind == JsonValueKind.String && (grade == 1 || thumbs.ValueEquals("down"))
            ? null
            : RouterError.InvalidRequest("'thumbs' must be \"up\" or \"down\".", Thumbs);
    }
}
