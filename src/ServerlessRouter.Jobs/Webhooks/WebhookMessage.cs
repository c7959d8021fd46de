using System.Buffers;
using System.Text.Json;

namespace ServerlessRouter.Jobs.Webhooks;

/// <summary>What is told of a job's end, signed as Standard Webhooks says: OpenAI's event with the job's id; everything else is asked for with a key.</summary>
internal static class WebhookMessage
{
    /// <summary>The same for every delivery, so that a receiver knows a message it has had.</summary>
    public static string IdOf(Job job) => $"evt_{job.Id}";

    public static byte[] BodyOf(Job job)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, IdOf(job));
        writer.WriteString("object"u8, "event"u8);
        writer.WriteString("type"u8, $"{(job.Kind == JobKind.Batch ? "batch" : "job")}.{JobStatuses.NameOf(job.Status)}");
        writer.WriteNumber("created_at"u8, (job.EndedAt ?? job.CreatedAt).ToUnixTimeSeconds());
        writer.WriteStartObject("data"u8);
        writer.WriteString("id"u8, job.Id);
        writer.WriteString("status"u8, JobStatuses.NameOf(job.Status));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
