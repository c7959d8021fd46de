using System.Text.Json;
using ServerlessRouter.Testing.Upstreams;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>Bodies of vendors as they stand on the wire, for answers that no well-behaved writer would write.</summary>
internal static class VendorBodies
{
    public const string JsonType = "application/json";

    public const string EventStream = "text/event-stream";

    /// <summary>A chunk whose one choice has this delta; <paramref name="finish"/> is JSON.</summary>
    public static string Chunk(string deltaJson, string finish = "null", int index = 0, string more = "") =>
        $$"""{"id":"c-1","object":"chat.completion.chunk","created":1,"model":"vendor-model","choices":[{"index":{{index}},"delta":{{deltaJson}},"finish_reason":{{finish}}}]{{more}}}""";

    /// <summary>A chunk with a piece of text.</summary>
    public static string Text(string text, string finish = "null", int index = 0, string more = "") => Chunk($$"""{"content":{{JsonSerializer.Serialize(text)}}}""", finish, index, more);

    /// <summary>A chunk that says why a choice finished.</summary>
    public static string Finish(string reason = "\"stop\"", int index = 0, string more = "") => Chunk("{}", reason, index, more);

    /// <summary>A whole answer with these choices.</summary>
    public static string Whole(string choicesJson, string more = "") =>
        $$"""{"id":"c-1","object":"chat.completion","created":1,"model":"vendor-model","choices":{{choicesJson}}{{more}}}""";

    /// <summary>A whole answer with one choice, whose message this is.</summary>
    public static string Message(string messageJson, string finish = "\"stop\"", string more = "") =>
        Whole($$"""[{"index":0,"message":{{messageJson}},"finish_reason":{{finish}}}]""", more);

    /// <summary>The payloads as events, each with a blank line behind it.</summary>
    public static string Events(params string[] payloads) => string.Concat(payloads.Select(payload => $"data: {payload}\n\n"));

    /// <summary>A 200 with this body.</summary>
    public static Reply Body(string body, string mediaType = EventStream) => Reply.Body(body, mediaType);
}
