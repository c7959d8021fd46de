using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>One request at the door of responses, and what is written to it.</summary>
internal static class DoorScene
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public static DoorTerms Terms(string body = "{}") => new("req_1", Encoding.UTF8.GetBytes(body), "mini", 12, Now);

    /// <summary>The chat request that a request comes to, which the router's scanner takes.</summary>
    public static JsonNode ChatOf(string body)
    {
        var (chat, error) = Read(body);
        Assert.Null(error);
        var bytes = ArrayPool<byte>.Shared.Rent(chat.Length);
        chat.CopyTo(bytes, 0);
        Assert.True(ChatRequestScanner.TryScan(bytes, chat.Length, out var request, out var refused), refused?.Message);
        request.Dispose();
        return JsonNode.Parse(chat)!;
    }

    public static RouterError Refusal(string body)
    {
        var (_, error) = Read(body);
        Assert.NotNull(error);
        return error;
    }

    public static (byte[] Chat, RouterError? Error) Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    public static (byte[] Chat, RouterError? Error) Read(byte[] body)
    {
        var chat = new ArrayBufferWriter<byte>();
        var error = ResponsesDoor.Instance.Read(body, chat);
        return (chat.WrittenSpan.ToArray(), error);
    }

    /// <summary>The messages of a request that has these items as its input.</summary>
    public static JsonNode MessagesOf(string items) => ChatOf($$"""{"model":"auto","input":[{{items}}]}""")["messages"]!;

    public static JsonNode Answer(string answer, string body = "{}")
    {
        var output = new ArrayBufferWriter<byte>();
        ResponsesDoor.Instance.WriteAnswer(Terms(body), Encoding.UTF8.GetBytes(answer), output);
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    /// <summary>The response to an answer with this message.</summary>
    public static JsonNode AnswerOf(string message, string body = "{}", string reason = "stop") =>
        Answer($$$"""{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{{{message}}},"finish_reason":"{{{reason}}}"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""", body);

    /// <summary>What a stream of these chunks is told as; each is taken as a batch of its own.</summary>
    public static ResponseEventLog Stream(IEnumerable<string> chunks, string body = "{}", bool isEnded = true)
    {
        var output = new ArrayBufferWriter<byte>();
        using var stream = ResponsesDoor.Instance.OpenStream(Terms(body));
        foreach (var chunk in chunks)
            stream.Take(Encoding.UTF8.GetBytes($"data: {chunk}\n\n"), output);
        if (isEnded)
            stream.End(output);
        return ResponseEventLog.Read(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>A chunk with this delta.</summary>
    public static string Delta(string delta, string? reason = null) =>
        $$"""{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(reason is null ? "null" : $"\"{reason}\"")}}}]}""";

    public static string Text(string text) => Delta($$"""{"content":{{JsonSerializer.Serialize(text)}}}""");

    public static string UsageChunk(string usage = """{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}""") => $$"""{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{{usage}}}""";

    public static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected\n{JsonNode.Parse(expected)!.ToJsonString()}\nbut got\n{actual?.ToJsonString()}");
}
