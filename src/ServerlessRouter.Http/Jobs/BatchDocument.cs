using System.Text.Json;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>A batch as OpenAI describes it; <c>usage</c> carries the cost as well.</summary>
internal static class BatchDocument
{
    public static void Write(Utf8JsonWriter writer, Job job)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, job.Id);
        writer.WriteString("object"u8, "batch"u8);
        writer.WriteString("endpoint"u8, job.Endpoint);
        WriteProblems(writer, job);
        writer.WriteString("input_file_id"u8, job.InputId);
        writer.WriteString("completion_window"u8, job.CompletionWindow);
        WriteState(writer, job);
        writer.WriteString("output_file_id"u8, job.OutputFileId);
        writer.WriteString("error_file_id"u8, job.ErrorFileId);
        WriteCounts(writer, job);
        writer.WritePropertyName("usage"u8);
        WriteUsage(writer, job.Tally);
        WriteMetadata(writer, job);
        writer.WriteEndObject();
    }

    /// <summary>Status and times.</summary>
    public static void WriteState(Utf8JsonWriter writer, Job job)
    {
        writer.WriteString("status"u8, JobStatuses.NameOf(job.Status));
        writer.WriteTime("created_at"u8, job.CreatedAt);
        writer.WriteTime("in_progress_at"u8, job.InProgressAt);
        writer.WriteTime("expires_at"u8, job.ExpiresAt);
        writer.WriteTime("finalizing_at"u8, job.FinalizingAt);
        writer.WriteTime("completed_at"u8, EndedAs(job, JobStatus.Completed));
        writer.WriteTime("failed_at"u8, EndedAs(job, JobStatus.Failed));
        writer.WriteTime("expired_at"u8, EndedAs(job, JobStatus.Expired));
        writer.WriteTime("cancelling_at"u8, job.CancellingAt);
        writer.WriteTime("cancelled_at"u8, EndedAs(job, JobStatus.Cancelled));
    }

    public static void WriteCounts(Utf8JsonWriter writer, Job job)
    {
        writer.WriteStartObject("request_counts"u8);
        writer.WriteNumber("total"u8, job.Items);
        writer.WriteNumber("completed"u8, job.Tally.Completed);
        writer.WriteNumber("failed"u8, job.Tally.Failed);
        writer.WriteEndObject();
    }

    public static void WriteUsage(Utf8JsonWriter writer, in JobTally tally)
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, tally.PromptTokens);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, tally.CachedTokens);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, tally.CompletionTokens);
        writer.WriteStartObject("output_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, tally.ReasoningTokens);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens"u8, tally.PromptTokens + tally.CompletionTokens);
        writer.WriteNumber("cost"u8, tally.CostUsd);
        writer.WriteEndObject();
    }

    public static void WriteMetadata(Utf8JsonWriter writer, Job job)
    {
        writer.WritePropertyName("metadata"u8);
        if (job.Metadata is { } metadata)
            writer.WriteRawValue(metadata);
        else
            writer.WriteNullValue();
    }

    private static DateTimeOffset? EndedAs(Job job, JobStatus status) => job.Status == status ? job.EndedAt : null;

    private static void WriteProblems(Utf8JsonWriter writer, Job job)
    {
        if (job.Problems.IsEmpty)
        {
            writer.WriteNull("errors"u8);
            return;
        }

        writer.WriteStartObject("errors"u8);
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var problem in job.Problems)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, problem.Code);
            writer.WriteString("message"u8, problem.Message);
            writer.WriteString("param"u8, problem.Param);
            writer.WritePropertyName("line"u8);
            if (problem.Line is { } line)
                writer.WriteNumberValue(line);
            else
                writer.WriteNullValue();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
