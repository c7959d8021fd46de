using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Requests and answers put through the door of Anthropic's messages.</summary>
internal static class MessagesChat
{
    public static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The chat request of a request; the scanner must take it.</summary>
    public static JsonNode Read(string messages) => JsonNode.Parse(ReadBytes(messages))!;

    public static byte[] ReadBytes(string messages)
    {
        var output = new ArrayBufferWriter<byte>();
        var error = MessagesDoor.Instance.Read(Encoding.UTF8.GetBytes(messages), output);
        Assert.Null(error);
        var pooled = ArrayPool<byte>.Shared.Rent(output.WrittenCount);
        output.WrittenSpan.CopyTo(pooled);
        Assert.True(ChatRequestScanner.TryScan(pooled, output.WrittenCount, out var request, out var refused), refused?.Message);
        request.Dispose();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What is wrong with a request; null when nothing is.</summary>
    public static RouterError? Refusal(string messages) => MessagesDoor.Instance.Read(Encoding.UTF8.GetBytes(messages), new ArrayBufferWriter<byte>());

    /// <summary>A request of one short message with these members besides.</summary>
    public static string With(string members) => $$"""{"model":"m","max_tokens":64,"messages":[{"role":"user","content":"x"}]{{(members.Length == 0 ? "" : ",")}}{{members}}}""";

    /// <summary>A request with these messages.</summary>
    public static string Of(string messages) => $$"""{"model":"m","max_tokens":64,"messages":{{messages}}}""";

    public static DoorTerms Terms(string request = "{}") => new("req_1", Encoding.UTF8.GetBytes(request), "m", 12, Now);

    /// <summary>The message of a whole answer.</summary>
    public static JsonNode Answer(string chat, string request = "{}")
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesDoor.Instance.WriteAnswer(Terms(request), Encoding.UTF8.GetBytes(chat), output);
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    /// <summary>The message of an answer of this assistant's message and finish reason.</summary>
    public static JsonNode AnswerOf(string message, string choice = "\"finish_reason\":\"stop\"", string members = "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}") =>
        Answer($$"""{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-x","choices":[{"index":0,"message":{{message}},{{choice}}}],{{members}}}""");

    /// <summary>The message that a client of Anthropic's puts together from the events of these chunks, each one event; a test fails where their order is wrong.</summary>
    public static EventStream Stream(params string[] chunks) => StreamOf(chunks.Select(static chunk => $"data: {chunk}\n\n"));

    /// <summary>The same of batches.</summary>
    public static EventStream StreamOf(IEnumerable<string> batches, string request = "{}")
    {
        var stream = new EventStream();
        using var writer = MessagesDoor.Instance.OpenStream(Terms(request));
        foreach (var batch in batches)
        {
            var output = new ArrayBufferWriter<byte>();
            writer.Take(Encoding.UTF8.GetBytes(batch), output);
            stream.Take(Encoding.UTF8.GetString(output.WrittenSpan));
        }

        var end = new ArrayBufferWriter<byte>();
        writer.End(end);
        stream.Take(Encoding.UTF8.GetString(end.WrittenSpan));
        return stream;
    }

    /// <summary>A chunk of this delta.</summary>
    public static string Chunk(string delta, string? finish = null, string more = "") =>
        $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-x","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}{{more}}}]}""";

    public static string Text(string piece) => Chunk($$"""{"content":"{{piece}}"}""");

    public static string Usage(string usage = "{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}") => $$"""{"id":"chatcmpl-1","choices":[],"usage":{{usage}}}""";
}
