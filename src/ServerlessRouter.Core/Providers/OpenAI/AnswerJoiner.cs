using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Joins the chunks of a stream to the one chat completion that a plain request wants, usage and whatever else they carry included.</summary>
internal sealed class AnswerJoiner
{
    private const int UsualAnswerBytes = 4 * 1024;

    private readonly JoinedObject _answer = new();

    /// <summary>Bytes of what was joined so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a batch: whole events in OpenAI's schema, each of them one line.</summary>
    public void Add(ReadOnlyMemory<byte> batch)
    {
        Length += batch.Length;
        foreach (var range in batch.Span.Split((byte)'\n'))
        {
            var line = batch[range];
            if (!line.Span.StartsWith("data:"u8))
                continue;
            using var chunk = JsonDocument.Parse(line["data:"u8.Length..]);
            _answer.Merge(chunk.RootElement);
        }
    }

    /// <summary>The answer, in an array of the shared pool that is then the caller's, with the usage that stands in <paramref name="usageChunk"/>.</summary>
    public (byte[] Pooled, int Length) Join(ReadOnlyMemory<byte> usageChunk)
    {
        using var output = new PooledWriter(UsualAnswerBytes);
        output.Append("{\"object\":\"chat.completion\""u8);
        foreach (var (name, value) in _answer.Members)
        {
            if (name is "object" or "usage" or "error")
                continue;
            output.AppendName(System.Text.Encoding.UTF8.GetBytes(name));
            if (name == "choices")
                WriteChoices(value, output);
            else
                value.Write(output);
        }

        if (!usageChunk.IsEmpty && JsonMemberReader.Find(usageChunk.Span, "usage"u8) is { IsEmpty: false } usage)
        {
            output.AppendName("usage"u8);
            output.Append(usage.In(usageChunk.Span));
        }

        output.Append("}"u8);
        var length = output.Length;
        return (output.Detach(), length);
    }

    private static void WriteChoices(JoinedValue choices, PooledWriter output)
    {
        output.Append("["u8);
        foreach (var choice in choices.Items.OrderBy(static choice => choice.Index))
        {
            if (choice.Object is not { } members)
                continue;
            output.Separate();
            output.Append("{"u8);
            foreach (var (name, value) in members.Members)
            {
                output.AppendName(name == "delta" ? "message"u8 : System.Text.Encoding.UTF8.GetBytes(name));
                if (name == "delta")
                    WriteMessage(value, output);
                else
                    value.Write(output);
            }

            output.Append("}"u8);
        }

        output.Append("]"u8);
    }

    private static void WriteMessage(JoinedValue message, PooledWriter output)
    {
        output.Append("{"u8);
        var hasContent = false;
        foreach (var (name, value) in message.Object?.Members ?? [])
        {
            hasContent |= name == "content";
            output.AppendName(System.Text.Encoding.UTF8.GetBytes(name));
            if (name == "tool_calls")
                value.WriteItems(output, without: "index");
            else
                value.Write(output);
        }

        if (!hasContent)
        {
            output.AppendName("content"u8);
            output.Append("null"u8);
        }

        output.Append("}"u8);
    }
}
