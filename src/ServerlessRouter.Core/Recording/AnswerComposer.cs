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
            var end = body.LastIndexOf((byte)'}');
            if (answer.UsageRange.IsEmpty)
                AppendUsage(body, end, output, context);
            else
                ReplaceUsage(body, end, answer.UsageRange, output, context);
            if (RouterMetadata.IsWanted(context))
            {
                output.Append(",\"router_metadata\":"u8);
                using var writer = new Utf8JsonWriter(output, WriterOptions);
                RouterMetadata.Write(writer, context, time);
            }

            output.Append(body[end..]);
            var length = output.Length;
            return new ChatAnswer(output.Detach(), length) { Usage = answer.Usage, ContentBytes = answer.ContentBytes, FinishReason = answer.FinishReason };
        }
    }

    /// <summary>The vendor's figures with the cost, or the router's own where the vendor's cannot be.</summary>
    private static void ReplaceUsage(ReadOnlySpan<byte> body, int end, JsonRange usage, PooledWriter output, RequestContext context)
    {
        output.Append(body[..usage.Start]);
        if (context.Answered is { Usage: { IsEstimated: true } own })
            UsageComposer.Write(output, own, context);
        else
            UsageComposer.Write(output, usage.In(body), context);
        output.Append(body[usage.End..end]);
    }

    /// <summary>The vendor sent none (or null): the router's count takes its place.</summary>
    private static void AppendUsage(ReadOnlySpan<byte> body, int end, PooledWriter output, RequestContext context)
    {
        var empty = JsonMemberReader.Find(body, "usage"u8);
        output.Append(body[..(empty.IsEmpty ? end : empty.Start)]);
        if (empty.IsEmpty)
            output.Append(",\"usage\":"u8);
        UsageComposer.Write(output, context.Answered?.Usage ?? default, context);
        if (!empty.IsEmpty)
            output.Append(body[empty.End..end]);
    }
}
