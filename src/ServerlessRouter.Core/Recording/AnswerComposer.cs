using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Adds to a whole answer what the router has to say: the cost, and on request the metadata. Everything else stays as the vendor wrote it.</summary>
internal static class AnswerComposer
{
    private const int RoomForCost = 512;

    /// <summary>A longer answer is not copied for the few bytes that change at its end.</summary>
    private const int LargeBytes = 64 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    /// <summary>Takes over <paramref name="answer"/> and answers the one for the caller.</summary>
    public static ChatAnswer Compose(ChatAnswer answer, RequestContext context, TimeProvider time)
    {
        if (answer.Schema != WireSchema.Chat)
        {
            var lostUsage = LacksUsage(answer);
            return lostUsage || RouterMetadata.IsWanted(context) ? WithTail(answer, context, time, lostUsage) : answer;
        }

        using (answer)
        {
            var body = answer.Body.Span;
            var end = body.LastIndexOf((byte)'}');
            var usage = answer.UsageRange.IsEmpty ? JsonMemberReader.Find(body, "usage"u8) : answer.UsageRange;
            var start = usage.IsEmpty ? end : usage.Start;
            var kept = body.Length > LargeBytes ? start : 0;
            using var output = new PooledWriter(body.Length - kept + RoomForCost);
            output.Append(body[kept..start]);
            if (answer.UsageRange.IsEmpty)
                AppendUsage(body, end, usage, output, context);
            else
                ReplaceUsage(body, end, usage, output, context);
            if (RouterMetadata.IsWanted(context))
                AppendMetadata(output, context, time);
            output.Append(body[end..]);
            return answer.WithTail(kept, output);
        }
    }

    /// <summary>A message that was cut behind its last word has none, and Anthropic's clients read it unasked.</summary>
    private static bool LacksUsage(ChatAnswer answer) =>
        answer is { Schema: WireSchema.Messages, Usage: null } && JsonMemberReader.Find(answer.Body.Span, "usage"u8).IsEmpty;

    /// <summary>An answer that passes as it came is not touched but for what its caller asks for, and for usage that it lost.</summary>
    private static ChatAnswer WithTail(ChatAnswer answer, RequestContext context, TimeProvider time, bool lostUsage)
    {
        using (answer)
        {
            var body = answer.Body.Span;
            var end = body.LastIndexOf((byte)'}');
            using var output = new PooledWriter(RoomForCost);
            if (lostUsage)
                AppendMessageUsage(output, context.Answered?.Usage ?? default);
            if (RouterMetadata.IsWanted(context))
                AppendMetadata(output, context, time);
            output.Append(body[end..]);
            return answer.WithTail(end, output);
        }
    }

    private static void AppendMessageUsage(PooledWriter output, in TokenUsage usage)
    {
        output.Append(",\"usage\":"u8);
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, usage.PromptTokens);
        writer.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        writer.WriteEndObject();
    }

    private static void AppendMetadata(PooledWriter output, RequestContext context, TimeProvider time)
    {
        output.Append(",\"router_metadata\":"u8);
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        RouterMetadata.Write(writer, context, time);
    }

    /// <summary>The vendor's figures with the cost, or the router's own where the vendor's cannot be.</summary>
    private static void ReplaceUsage(ReadOnlySpan<byte> body, int end, JsonRange usage, PooledWriter output, RequestContext context)
    {
        if (UsageComposer.SettledOf(context) is { IsEstimated: true } own)
            UsageComposer.Write(output, own, context);
        else
            UsageComposer.Write(output, usage.In(body), context);
        output.Append(body[usage.End..end]);
    }

    /// <summary>The vendor sent none (or null): the router's count takes its place.</summary>
    private static void AppendUsage(ReadOnlySpan<byte> body, int end, JsonRange empty, PooledWriter output, RequestContext context)
    {
        if (empty.IsEmpty)
            output.Append(",\"usage\":"u8);
        UsageComposer.Write(output, UsageComposer.SettledOf(context), context);
        if (!empty.IsEmpty)
            output.Append(body[empty.End..end]);
    }
}

/// <summary>The <c>router_metadata</c> a caller gets for the header <c>x-router-metadata: enabled</c>.</summary>
internal static class RouterMetadata
{
    public static bool IsWanted(RequestContext context) => context.WantsMetadata;

    public static void Write(Utf8JsonWriter writer, RequestContext context, TimeProvider time) => RouteExplanation.Write(writer, context, time);
}
