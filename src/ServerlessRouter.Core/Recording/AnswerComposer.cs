using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Adds to a whole answer what the router has to say: the cost, and on request the metadata. Everything else stays as the vendor wrote it.</summary>
internal static class AnswerComposer
{
    private const int RoomForCost = 512;

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    /// <summary>Takes over <paramref name="answer"/> and answers the one for the caller.</summary>
    public static ChatAnswer Compose(ChatAnswer answer, RequestContext context, TimeProvider time)
    {
        using (answer)
        {
            var body = answer.Body.Span;
            using var output = new PooledWriter(body.Length + RoomForCost);
            using var writer = new Utf8JsonWriter(output, WriterOptions);
            var end = body.LastIndexOf((byte)'}');
            if (answer.UsageRange.IsEmpty)
                AppendUsage(body, end, output, writer, context);
            else
                ReplaceUsage(body, end, answer.UsageRange, output, writer, context);
            if (RouterMetadata.IsWanted(context))
            {
                output.Write(",\"router_metadata\":"u8);
                writer.Reset();
                RouterMetadata.Write(writer, context, time);
                writer.Flush();
            }

            output.Write(body[end..]);
            var length = output.Length;
            return new ChatAnswer(output.Detach(), length) { Usage = answer.Usage, ContentBytes = answer.ContentBytes, FinishReason = answer.FinishReason };
        }
    }

    private static void ReplaceUsage(ReadOnlySpan<byte> body, int end, JsonRange usage, PooledWriter output, Utf8JsonWriter writer, RequestContext context)
    {
        output.Write(body[..usage.Start]);
        UsageComposer.Write(writer, usage.In(body), context);
        writer.Flush();
        output.Write(body[usage.End..end]);
    }

    /// <summary>The vendor sent none (or null): the router's count takes its place.</summary>
    private static void AppendUsage(ReadOnlySpan<byte> body, int end, PooledWriter output, Utf8JsonWriter writer, RequestContext context)
    {
        var empty = JsonMemberReader.Find(body, "usage"u8);
        output.Write(body[..(empty.IsEmpty ? end : empty.Start)]);
        if (empty.IsEmpty)
            output.Write(",\"usage\":"u8);
        UsageComposer.Write(writer, context.Answered?.Usage ?? default, context);
        writer.Flush();
        if (!empty.IsEmpty)
            output.Write(body[empty.End..end]);
    }
}
