using System.Globalization;
using System.Text;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Writes the chunk that says why choices finished, where the vendor said that it is done and left that out.</summary>
internal static class FinishChunk
{
    /// <summary>One event with the members of <paramref name="head"/>, the stream's first chunk, where there is one.</summary>
    public static void Write(PooledWriter output, ReadOnlySpan<byte> head, ChoiceSet open, ChoiceSet calling)
    {
        output.Append("data: {"u8);
        if (head.IsEmpty)
            output.Append("\"object\":\"chat.completion.chunk\""u8);
        else
            CopyHead(output, head);
        output.AppendName("choices"u8);
        output.Append("["u8);
        foreach (var index in open)
        {
            output.Separate();
            output.Append("{\"index\":"u8);
            output.Append(Encoding.UTF8.GetBytes(index.ToString(CultureInfo.InvariantCulture)));
            output.Append(calling.Contains(index) ? ",\"delta\":{},\"finish_reason\":\"tool_calls\"}"u8 : ",\"delta\":{},\"finish_reason\":\"stop\"}"u8);
        }

        output.Append("]}\n\n"u8);
    }

    private static void CopyHead(PooledWriter output, ReadOnlySpan<byte> head)
    {
        var members = new JsonMemberReader(head);
        while (members.Read())
        {
            if (members.Is("choices"u8) || members.Is("usage"u8) || members.Is("error"u8))
                continue;
            output.AppendName(members.Name);
            output.Append(members.Is("object"u8) ? "\"chat.completion.chunk\""u8 : members.Value.In(head));
        }
    }
}
