using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Composes the last chunk of a stream: usage with cost where the caller asked, metadata where it asked, or the error that cut the stream.</summary>
internal static class StreamComposer
{
    private const int UsualUsage = 512;
    private const int MaxDecimalLength = 32;

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    /// <summary>One server-sent event, or null when there is nothing to say.</summary>
    public static ArrayBufferWriter<byte>? Close(ChatStream stream, RequestContext context, TimeProvider time)
    {
        if (stream.Schema != WireSchema.Chat)
            return ClosePassed(context, time);
        var wantsUsage = context.Request.IncludesUsage && context.Error is null;
        var wantsMetadata = RouterMetadata.IsWanted(context);
        if (!wantsUsage && !wantsMetadata && context.Error is null)
            return null;

        var output = new ArrayBufferWriter<byte>(512);
        output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            writer.WriteStartObject();
            WriteHead(writer, stream.UsageChunk.Span, context, time);
            WriteChoices(writer, context.Error);
            if (wantsUsage)
                WriteUsage(writer, stream.UsageChunk.Span, context);
            if (context.Error is { } error)
                RouterErrorJson.WriteMember(writer, error);
            if (wantsMetadata)
            {
                writer.WritePropertyName("router_metadata"u8);
                RouterMetadata.Write(writer, context, time);
            }

            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
        return output;
    }

    /// <summary>A stream that passes as it came gets the cost, and the metadata where they are asked for, in comments, which clients skip; who speaks its schema writes the error.</summary>
    private static ArrayBufferWriter<byte> ClosePassed(RequestContext context, TimeProvider time)
    {
        var output = new ArrayBufferWriter<byte>(64);
        output.Write(": x-router-cost "u8);
        Utf8Formatter.TryFormat(context.CostUsd, output.GetSpan(MaxDecimalLength), out var written);
        output.Advance(written);
        output.Write("\n"u8);
        if (RouterMetadata.IsWanted(context))
        {
            output.Write(": x-router-metadata "u8);
            using var writer = new Utf8JsonWriter(output, WriterOptions);
            RouterMetadata.Write(writer, context, time);
            writer.Flush();
            output.Write("\n"u8);
        }

        output.Write("\n"u8);
        return output;
    }

    /// <summary>The vendor's own members where its usage chunk has them, so that the chunk looks like the stream's others.</summary>
    private static void WriteHead(Utf8JsonWriter writer, ReadOnlySpan<byte> usageChunk, RequestContext context, TimeProvider time)
    {
        if (usageChunk.IsEmpty)
        {
            writer.WriteString("id"u8, context.RequestId);
            writer.WriteString("object"u8, "chat.completion.chunk"u8);
            writer.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
            writer.WriteString("model"u8, context.AnsweringModel ?? context.Request.Model);
            return;
        }

        var members = new JsonMemberReader(usageChunk);
        while (members.Read())
        {
            if (members.Is("object"u8))
                writer.WriteString("object"u8, "chat.completion.chunk"u8);
            else if (!members.Is("choices"u8) && !members.Is("usage"u8) && !members.Is("error"u8))
                members.CopyTo(writer);
        }
    }

    private static void WriteChoices(Utf8JsonWriter writer, RouterError? error)
    {
        writer.WriteStartArray("choices"u8);
        if (error is not null)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("delta"u8);
            writer.WriteEndObject();
            writer.WriteString("finish_reason"u8, "error"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter writer, ReadOnlySpan<byte> usageChunk, RequestContext context)
    {
        using var usage = new PooledWriter(UsualUsage);
        var settled = UsageComposer.SettledOf(context);
        if (!settled.IsEstimated && !usageChunk.IsEmpty && JsonMemberReader.Find(usageChunk, "usage"u8) is { IsEmpty: false } range)
            UsageComposer.Write(usage, range.In(usageChunk), context);
        else
            UsageComposer.Write(usage, settled, context);
        writer.WritePropertyName("usage"u8);
        writer.WriteRawValue(usage.Written.Span, skipInputValidation: true);
    }
}
