using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Json;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Reads what OpenAI's clients send to create a batch.</summary>
internal static class BatchOrderReader
{
    private const long MinSeconds = 3600;
    private const long MaxSeconds = 2_592_000;

    public static RouterError? Read(ReadOnlyMemory<byte> body, string? caller, out JobOrder? order)
    {
        order = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return RouterError.InvalidRequest("The body is not a JSON object.");
            return Read(document.RootElement, caller, out order);
        }
        catch (JsonException)
        {
            return RouterError.InvalidRequest($"The body is not valid JSON: {JsonFault.Explain(body.Span)}");
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape is half of a pair.
            return RouterError.InvalidRequest("The body holds a \\u escape that is no character.");
        }
    }

    private static RouterError? Read(JsonElement body, string? caller, out JobOrder? order)
    {
        order = null;
        if (TextOf(body, "input_file_id") is not { } file)
            return RouterError.InvalidRequest("'input_file_id' must name a file that was uploaded with the purpose batch.", "input_file_id");
        if (TextOf(body, "endpoint") is not { } endpoint || !JobEndpoints.IsKnown(endpoint))
            return RouterError.InvalidRequest($"'endpoint' must be {JobEndpoints.Listed}.", "endpoint");
        if (!JobMetadata.TryRead(body, out var metadata))
            return RouterError.InvalidRequest(JobMetadata.Rule, "metadata");
        if (ReadRetention(body, out var retention) is { } badRetention)
            return badRetention;
        order = new JobOrder
        {
            Kind = JobKind.Batch,
            Caller = caller,
            Endpoint = endpoint,
            InputFileId = file,
            CompletionWindow = TextOf(body, "completion_window") ?? CompletionWindow.Default,
            Metadata = metadata,
            CallbackUrl = TextOf(body, "callback_url"),
            OutputRetention = retention,
        };
        return null;
    }

    private static RouterError? ReadRetention(JsonElement body, out TimeSpan? retention)
    {
        retention = null;
        if (!body.TryGetProperty("output_expires_after"u8, out var written) || written.ValueKind == JsonValueKind.Null)
            return null;
        if (written.ValueKind != JsonValueKind.Object || TextOf(written, "anchor") != "created_at" || !written.TryGetProperty("seconds"u8, out var seconds)
            || seconds.ValueKind != JsonValueKind.Number || !seconds.TryGetInt64(out var count) || count is < MinSeconds or > MaxSeconds)
        {
            return RouterError.InvalidRequest(
                $"'output_expires_after' must be {{\"anchor\": \"created_at\", \"seconds\": N}} with N from {MinSeconds} to {MaxSeconds}.", "output_expires_after");
        }

        retention = TimeSpan.FromSeconds(count);
        return null;
    }

    private static string? TextOf(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
