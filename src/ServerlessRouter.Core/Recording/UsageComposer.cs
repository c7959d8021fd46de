using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Writes the <c>usage</c> object the caller sees: the vendor's, with what the whole request cost.</summary>
/// <remarks>In pieces rather than by a <see cref="Utf8JsonWriter"/>: all names are known or the vendor's, and whole answers need a writer for nothing else.</remarks>
internal static class UsageComposer
{
    private const int MaxNumberLength = 32;

    private static readonly SearchValues<byte> PlainInNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."u8);

    /// <summary>Neither a sign nor a fraction is among them: counts have none.</summary>
    private static readonly SearchValues<byte> PlainInUsage =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_{}[]:,\""u8);

    /// <summary>Writes the vendor's usage object with <c>cost</c> and <c>cost_details</c>; their own members of these names, if any, are replaced.</summary>
    public static void Write(PooledWriter output, ReadOnlySpan<byte> vendorUsage, RequestContext context)
    {
        if (IsCopiedWhole(vendorUsage))
        {
            output.Append(vendorUsage[..^1]);
            output.Append(","u8);
        }
        else
        {
            CopyMembers(output, vendorUsage, SettledOf(context));
            if (output.Written.Span is not [.., (byte)'{'])
                output.Append(","u8);
        }

        WriteCost(output, context);
    }

    /// <summary>Writes usage from the router's own count.</summary>
    public static void Write(PooledWriter output, in TokenUsage usage, RequestContext context)
    {
        WriteNumber(output, "{\"prompt_tokens\":"u8, usage.PromptTokens);
        if (context.Operation == AttemptOperation.Embeddings)
        {
            WriteNumber(output, ",\"total_tokens\":"u8, usage.TotalTokens);
            output.Append(","u8);
            WriteCost(output, context);
            return;
        }

        WriteNumber(output, ",\"completion_tokens\":"u8, usage.CompletionTokens);
        WriteNumber(output, ",\"total_tokens\":"u8, usage.TotalTokens);
        WriteNumber(output, ",\"prompt_tokens_details\":{\"cached_tokens\":"u8, usage.CachedTokens);
        WriteNumber(output, "},\"completion_tokens_details\":{\"reasoning_tokens\":"u8, usage.ReasoningTokens);
        output.Append("},"u8);
        WriteCost(output, context);
    }

    /// <summary>Without white space, escapes, odd counts and a cost in it, the object comes out member by member as it stands.</summary>
    private static bool IsCopiedWhole(ReadOnlySpan<byte> usage) =>
        usage is [(byte)'{', _, .., (byte)'}'] && !usage.ContainsAnyExcept(PlainInUsage) && usage.IndexOf("\"cost"u8) < 0
        && usage.IndexOf(":\""u8) < 0 && usage.IndexOf("_tokens\":n"u8) < 0;

    /// <summary>Opens the object and copies its members; counts become whole numbers on the way, whatever the vendor wrote.</summary>
    private static void CopyMembers(PooledWriter output, ReadOnlySpan<byte> usage, in TokenUsage settled)
    {
        output.Append("{"u8);
        var members = new JsonMemberReader(usage);
        while (members.Read())
        {
            if (members.Is("cost"u8) || members.Is("cost_details"u8))
                continue;
            if (output.Written.Span is not [.., (byte)'{'])
                output.Append(","u8);
            output.Append("\""u8);
            output.Append(members.Name.ContainsAnyExcept(PlainInNames) ? JsonEncodedText.Encode(members.Name).EncodedUtf8Bytes : members.Name);
            output.Append("\":"u8);
            var value = members.Value.In(usage);
            if (members.Kind == JsonTokenType.StartObject && members.Name.EndsWith("_details"u8))
            {
                CopyMembers(output, value, settled);
                output.Append("}"u8);
            }
            else if (!members.Name.EndsWith("_tokens"u8) || (value is [>= (byte)'0' and <= (byte)'9', ..] && !value.ContainsAny(".eE"u8)))
            {
                output.Append(value);
            }
            else
            {
                WriteNumber(output, default, CountOf(members.Name, value, settled));
            }
        }
    }

    /// <summary>What an odd count says: a text or a fraction its number, and anything else, of the three that every answer has, what was settled.</summary>
    private static decimal CountOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in TokenUsage settled)
    {
        if (name.SequenceEqual("prompt_tokens"u8))
            return settled.PromptTokens;
        if (name.SequenceEqual("completion_tokens"u8))
            return settled.CompletionTokens;
        if (name.SequenceEqual("total_tokens"u8))
            return settled.TotalTokens;
        return Utf8Parser.TryParse(value.Trim((byte)'"'), out double number, out _) && double.IsFinite(number) ? (decimal)Math.Truncate(Math.Clamp(number, 0, int.MaxValue)) : 0;
    }

    /// <summary>The members that end the object, and its end; the names are OpenRouter's, whose clients demand the two parts.</summary>
    private static void WriteCost(PooledWriter output, RequestContext context)
    {
        var answeredUsd = context.Answered?.CostUsd ?? 0;
        var promptUsd = context.Answered is { } answered ? answered.PriceOf(answered.Usage).PromptPartUsd(answered.Usage, answeredUsd) : 0;
        WriteNumber(output, "\"cost\":"u8, context.CostUsd);
        WriteNumber(output, ",\"cost_details\":{\"upstream_inference_cost\":"u8, answeredUsd);
        WriteNumber(output, ",\"upstream_inference_prompt_cost\":"u8, promptUsd);
        WriteNumber(output, ",\"upstream_inference_completions_cost\":"u8, answeredUsd - promptUsd);
        if (context.Cache?.Answer is { } replayed)
            WriteNumber(output, ",\"saved\":"u8, replayed.SavedUsd);
        if (context.CostUsd == answeredUsd)
            output.Append(",\"other_attempts_cost\":0"u8);
        else
            WriteNumber(output, ",\"other_attempts_cost\":"u8, context.CostUsd - answeredUsd);
        output.Append(HasEstimate(context) ? ",\"is_estimated\":true}}"u8 : ",\"is_estimated\":false}}"u8);
    }

    /// <summary>What the answer was settled with, now or when it was given first.</summary>
    public static TokenUsage SettledOf(RequestContext context) => context.Answered?.Usage ?? context.Cache?.Answer?.Usage ?? default;

    private static void WriteNumber(PooledWriter output, ReadOnlySpan<byte> before, decimal number)
    {
        output.Append(before);
        Utf8Formatter.TryFormat(number, output.GetSpan(MaxNumberLength), out var written);
        output.Advance(written);
    }

    private static bool HasEstimate(RequestContext context)
    {
        if (context.Cache?.Answer is { Usage.IsEstimated: true })
            return true;
        foreach (var attempt in context.Attempts)
        {
            if (attempt.Usage.IsEstimated)
                return true;
        }

        return context.HasSideCalls && context.SideCalls.Exists(static asked => asked.Usage.IsEstimated);
    }
}
