using System.Buffers.Text;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Writes a chat answer's usage in the words of responses; members that only some vendors tell stay as they are.</summary>
internal static class ResponseUsage
{
    /// <summary>Writes one JSON object. Without usage the guess of the prompt is told, since clients refuse a response that ends without any.</summary>
    public static void Write(ReadOnlySpan<byte> usage, int promptTokens, PooledWriter output)
    {
        var input = Count(usage, "prompt_tokens"u8) ?? (usage.IsEmpty ? promptTokens : 0);
        var answer = Count(usage, "completion_tokens"u8) ?? 0;
        output.Append("{\"input_tokens\":"u8);
        Number(output, input);
        output.Append(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        WriteDetails(usage, "prompt_tokens_details"u8, "cached_tokens"u8, output);
        output.Append("},\"output_tokens\":"u8);
        Number(output, answer);
        output.Append(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        WriteDetails(usage, "completion_tokens_details"u8, "reasoning_tokens"u8, output);
        output.Append("},\"total_tokens\":"u8);
        Number(output, Count(usage, "total_tokens"u8) ?? input + answer);
        if (!usage.IsEmpty)
            WriteOthers(usage, output);
        output.Append("}"u8);
    }

    /// <summary>The count that clients rely on, and behind it what else is told.</summary>
    private static void WriteDetails(ReadOnlySpan<byte> usage, ReadOnlySpan<byte> name, ReadOnlySpan<byte> first, PooledWriter output)
    {
        var range = usage.IsEmpty ? default : JsonMemberReader.Find(usage, name);
        if (range.IsEmpty || usage[range.Start] != '{')
        {
            Number(output, 0);
            return;
        }

        var details = range.In(usage);
        Number(output, Count(details, first) ?? 0);
        var members = new JsonMemberReader(details);
        while (members.Read())
        {
            if (!members.Is(first))
                Copy(output, members.Name, members.Value.In(details));
        }
    }

    private static void WriteOthers(ReadOnlySpan<byte> usage, PooledWriter output)
    {
        var members = new JsonMemberReader(usage);
        while (members.Read())
        {
            if (members.Is("prompt_tokens"u8) || members.Is("completion_tokens"u8) || members.Is("total_tokens"u8) || members.Is("prompt_tokens_details"u8)
                || members.Is("completion_tokens_details"u8))
                continue;
            if (members.Is("cost_details"u8) && usage[members.Value.Start] == '{')
                WriteCosts(members.Value.In(usage), output);
            else
                Copy(output, members.Name, members.Value.In(usage));
        }
    }

    private static void WriteCosts(ReadOnlySpan<byte> costs, PooledWriter output)
    {
        output.Append(",\"cost_details\":{"u8);
        var isFirst = true;
        var members = new JsonMemberReader(costs);
        while (members.Read())
        {
            var name = members.Is("upstream_inference_prompt_cost"u8) ? "upstream_inference_input_cost"u8
                : members.Is("upstream_inference_completions_cost"u8) ? "upstream_inference_output_cost"u8
                : members.Name;
            Copy(output, name, members.Value.In(costs), isFirst);
            isFirst = false;
        }

        output.Append("}"u8);
    }

    private static long? Count(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (json.IsEmpty)
            return null;
        var range = JsonMemberReader.Find(json, name);
        return !range.IsEmpty && Utf8Parser.TryParse(range.In(json), out long count, out var read) && read == range.Length ? count : null;
    }

    private static void Copy(PooledWriter output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isFirst = false)
    {
        output.Append(isFirst ? "\""u8 : ",\""u8);
        output.Append(name);
        output.Append("\":"u8);
        output.Append(value);
    }

    private static void Number(PooledWriter output, long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
