using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>What the vendor answers, the same text in each schema, with the members that the real vendors send.</summary>
internal static class Answers
{
    /// <summary>Pieces of a stream, each a word.</summary>
    public const int Pieces = 200;

    private const string Tail = "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1f4be2a8c0\"";
    private const string ChatUsage =
        "{\"prompt_tokens\":19,\"completion_tokens\":200,\"total_tokens\":219,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}}";

    private const string MessagesUsage = "{\"input_tokens\":19,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":200,\"service_tier\":\"standard\"}";
    private const string ItemId = "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071";

    private static readonly string[] Vocabulary = ["The", "river", "runs", "quietly", "below", "old", "stone", "bridges", "while", "evening", "light", "fades"];
    private static readonly string[] Words = [.. Enumerable.Range(0, Pieces).Select(static place => (place == 0 ? "" : " ") + Vocabulary[place % Vocabulary.Length])];

    /// <summary>The whole text.</summary>
    public static string Text { get; } = string.Concat(Words);

    private static string Response(string status, string output, string usage) =>
        $$$"""{"id":"resp_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071","object":"response","created_at":1764547200,"status":"{{{status}}}","background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"gpt-5.4-mini","output":{{{output}}},"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":{{{usage}}},"user":null,"metadata":{}}""";

    private static string Item => $$"""{"id":"{{ItemId}}","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"{{Text}}"}],"role":"assistant"}""";

    private static string ResponsesUsage => """{"input_tokens":19,"input_tokens_details":{"cached_tokens":0},"output_tokens":200,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":219}""";

    /// <summary>A whole answer.</summary>
    public static byte[] Whole(string path) => Encoding.UTF8.GetBytes(path switch
    {
        Paths.Chat => $$$"""{"id":"chatcmpl-CiB1x8yZ0aQwErTyUiOpAsDf","object":"chat.completion","created":1764547200,"model":"gpt-5.4-mini","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Text}}}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{{{ChatUsage}}},{{{Tail}}}}""",
        Paths.Messages => $$$"""{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"{{{Text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{{MessagesUsage}}}}""",
        _ => Response("completed", $"[{Item}]", ResponsesUsage),
    });

    /// <summary>The events of a stream.</summary>
    public static byte[][] Events(string path) => [.. (path switch
    {
        Paths.Chat => ChatEvents(),
        Paths.Messages => MessagesEvents(),
        _ => ResponsesEvents(),
    }).Select(Encoding.UTF8.GetBytes)];

    /// <summary>Padding as OpenAI adds it, so that lengths tell no words.</summary>
    private static string Padding(int place) => "aB3dE5fG7hJ9kL1m"[..(4 + (place % 12))];

    private static IEnumerable<string> ChatEvents()
    {
        yield return Chunk("""{"role":"assistant","content":"","refusal":null}""", "null", 0);
        for (var place = 0; place < Pieces; place++)
            yield return Chunk($$"""{"content":"{{Words[place]}}"}""", "null", place);
        yield return Chunk("{}", "\"stop\"", 0);
        yield return $$"""data: {"id":"chatcmpl-CiB1x8yZ0aQwErTyUiOpAsDf","object":"chat.completion.chunk","created":1764547200,"model":"gpt-5.4-mini",{{Tail}},"choices":[],"usage":{{ChatUsage}},"obfuscation":"aB3"}""" + "\n\n";
        yield return "data: [DONE]\n\n";

        static string Chunk(string delta, string finish, int place) =>
            $$$"""data: {"id":"chatcmpl-CiB1x8yZ0aQwErTyUiOpAsDf","object":"chat.completion.chunk","created":1764547200,"model":"gpt-5.4-mini",{{{Tail}}},"choices":[{"index":0,"delta":{{{delta}}},"logprobs":null,"finish_reason":{{{finish}}}}],"usage":null,"obfuscation":"{{{Padding(place)}}}"}""" + "\n\n";
    }

    private static IEnumerable<string> MessagesEvents()
    {
        yield return Event($$$"""{"type":"message_start","message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-sonnet-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{{MessagesUsage}}}}}""");
        yield return Event("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        yield return Event("""{"type": "ping"}""");
        foreach (var word in Words)
            yield return Event($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{word}}}"}}""");
        yield return Event("""{"type":"content_block_stop","index":0}""");
        yield return Event($$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{{{MessagesUsage}}}}""");
        yield return Event("""{"type":"message_stop"}""");
    }

    private static IEnumerable<string> ResponsesEvents()
    {
        var sequence = 0;
        yield return Event($$$"""{"type":"response.created","sequence_number":{{{sequence++}}},"response":{{{Response("in_progress", "[]", "null")}}}}""");
        yield return Event($$$"""{"type":"response.in_progress","sequence_number":{{{sequence++}}},"response":{{{Response("in_progress", "[]", "null")}}}}""");
        yield return Event($$$"""{"type":"response.output_item.added","sequence_number":{{{sequence++}}},"output_index":0,"item":{"id":"{{{ItemId}}}","type":"message","status":"in_progress","content":[],"role":"assistant"}}""");
        yield return Event($$$"""{"type":"response.content_part.added","sequence_number":{{{sequence++}}},"item_id":"{{{ItemId}}}","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}""");
        for (var place = 0; place < Pieces; place++)
        {
            yield return Event(
                $$"""{"type":"response.output_text.delta","sequence_number":{{sequence++}},"item_id":"{{ItemId}}","output_index":0,"content_index":0,"delta":"{{Words[place]}}","logprobs":[],"obfuscation":"{{Padding(place)}}"}""");
        }

        yield return Event($$"""{"type":"response.output_text.done","sequence_number":{{sequence++}},"item_id":"{{ItemId}}","output_index":0,"content_index":0,"text":"{{Text}}","logprobs":[]}""");
        yield return Event($$$"""{"type":"response.content_part.done","sequence_number":{{{sequence++}}},"item_id":"{{{ItemId}}}","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"{{{Text}}}"}}""");
        yield return Event($$$"""{"type":"response.output_item.done","sequence_number":{{{sequence++}}},"output_index":0,"item":{{{Item}}}}""");
        yield return Event($$$"""{"type":"response.completed","sequence_number":{{{sequence}}},"response":{{{Response("completed", $"[{Item}]", ResponsesUsage)}}}}""");
    }

    private static string Event(string data) => $"event: {JsonNode.Parse(data)!["type"]}\ndata: {data}\n\n";
}
