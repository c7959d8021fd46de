using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Jobs;

/// <summary>A job under <c>/v1/jobs</c>: where it is and, for a single request, its answer.</summary>
internal static class JobDocument
{
    public const string Kind = "job";

    public static void Write(Utf8JsonWriter writer, Job job, JobItem? item, byte[]? result, JobApi desk)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, job.Id);
        writer.WriteString("object"u8, Kind);
        writer.WriteString("kind"u8, job.Kind == JobKind.Batch ? "batch"u8 : "request"u8);
        writer.WriteString("endpoint"u8, job.Endpoint);
        BatchDocument.WriteState(writer, job);
        if (job.Kind == JobKind.Batch)
            WriteBatch(writer, job);
        else
            WriteRequest(writer, job, item, result, desk);
        writer.WritePropertyName("usage"u8);
        BatchDocument.WriteUsage(writer, job.Tally);
        BatchDocument.WriteMetadata(writer, job);
        if (job.CallbackUrl is not null)
            WriteCallback(writer, job);
        writer.WriteEndObject();
    }

    private static void WriteBatch(Utf8JsonWriter writer, Job job)
    {
        writer.WriteString("input_file_id"u8, job.InputId);
        writer.WriteString("output_file_id"u8, job.OutputFileId);
        writer.WriteString("error_file_id"u8, job.ErrorFileId);
        BatchDocument.WriteCounts(writer, job);
    }

    private static void WriteRequest(Utf8JsonWriter writer, Job job, JobItem? item, byte[]? result, JobApi desk)
    {
        writer.WriteNumber("tries"u8, item?.Tries ?? 0);
        writer.WriteStartArray("attempts"u8);
        foreach (var attempt in item?.RequestHistory?.Attempts ?? [])
            WriteAttempt(writer, job, attempt);
        writer.WriteEndArray();
        if (item is not null && desk.WaitsUntil(item) is { } until)
            writer.WriteTime("waits_until"u8, until);
        WriteResponse(writer, job, item, result);
    }

    private static void WriteAttempt(Utf8JsonWriter writer, Job job, AttemptTrace attempt)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, attempt.Model);
        writer.WriteString("deployment"u8, attempt.Deployment);
        writer.WriteString("reason"u8, NameOf(attempt.Reason));
        writer.WriteString("outcome"u8, attempt.Failure is { } failure ? NameOf(failure) : attempt.IsRejected ? NameOf(FailureKind.CheckFailed) : "answered");
        writer.WriteTime("ended_at"u8, job.CreatedAt + attempt.EndedAfter);
        writer.WriteNumber("cost"u8, attempt.CostUsd);
        writer.WriteString("why"u8, attempt.Detail ?? (attempt.IsRejected ? attempt.Checks!.Value[^1].Why : null));
        writer.WriteEndObject();
    }

    private static string NameOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static void WriteResponse(Utf8JsonWriter writer, Job job, JobItem? item, byte[]? result)
    {
        if (item is not { HasEnded: true } || result is null)
        {
            writer.WriteNull("response"u8);
            return;
        }

        writer.WriteStartObject("response"u8);
        writer.WriteNumber("status_code"u8, item.StatusCode);
        writer.WriteString("request_id"u8, $"{job.Id}.0");
        writer.WriteString("model"u8, item.Model);
        writer.WritePropertyName("body"u8);
        writer.WriteRawValue(result, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void WriteCallback(Utf8JsonWriter writer, Job job)
    {
        writer.WriteStartObject("callback"u8);
        writer.WriteString("url"u8, job.CallbackUrl);
        writer.WriteNumber("tries"u8, job.DeliveryTries);
        writer.WriteString("note"u8, job.DeliveryNote);
        writer.WriteEndObject();
    }
}
