using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Writes the <c>usage</c> object the caller sees: the vendor's, with what the whole request cost.</summary>
internal static class UsageComposer
{
    /// <summary>Writes the vendor's usage object with <c>cost</c> and <c>cost_details</c>; their own members of these names, if any, are replaced.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> vendorUsage, RequestContext context)
    {
        writer.WriteStartObject();
        var members = new JsonMemberReader(vendorUsage);
        while (members.Read())
        {
            if (!members.Is("cost"u8) && !members.Is("cost_details"u8))
                members.CopyTo(writer);
        }

        WriteCost(writer, context);
        writer.WriteEndObject();
    }

    /// <summary>Writes usage from the router's own count.</summary>
    public static void Write(Utf8JsonWriter writer, in TokenUsage usage, RequestContext context)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        writer.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        writer.WriteNumber("total_tokens"u8, usage.TotalTokens);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        writer.WriteEndObject();
        WriteCost(writer, context);
        writer.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter writer, RequestContext context)
    {
        var answeredUsd = context.Answered?.CostUsd ?? 0;
        writer.WriteNumber("cost"u8, context.CostUsd);
        writer.WriteStartObject("cost_details"u8);
        writer.WriteNumber("upstream_inference_cost"u8, answeredUsd);
        writer.WriteNumber("other_attempts_cost"u8, context.CostUsd == answeredUsd ? 0 : context.CostUsd - answeredUsd);
        writer.WriteBoolean("is_estimated"u8, HasEstimate(context));
        writer.WriteEndObject();
    }

    private static bool HasEstimate(RequestContext context)
    {
        foreach (var attempt in context.Attempts)
        {
            if (attempt.Usage.IsEstimated)
                return true;
        }

        return context.HasSideCalls && context.SideCalls.Exists(static asked => asked.Usage.IsEstimated);
    }
}
