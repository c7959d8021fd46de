using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Answers of Anthropic's, whole and in events, as the mapper translates them.</summary>
internal static class AnthropicAnswers
{
    private static readonly AnthropicMapper Mapper = new(new ManualTimeProvider());

    /// <summary>A message with this content; <paramref name="more"/> are further members, each with a comma before it.</summary>
    public static string Message(string content, string? stopReason = "end_turn", string more = "") =>
        $$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":{{content}},"stop_reason":{{(stopReason is null ? "null" : $"\"{stopReason}\"")}},"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":5}{{more}}}""";

    /// <summary>The events of a stream around these.</summary>
    public static string[] Events(params string[] inner) => Events(inner, "end_turn");

    public static string[] Events(string[] inner, string stopReason) => [Start, .. inner, MessageDelta(stopReason), Stop];

    public const string Start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}}""";

    public const string Stop = """{"type":"message_stop"}""";

    public static string MessageDelta(string stopReason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""";

    public static string BlockStart(int index, string block) => $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}}}""";

    public static string BlockDelta(int index, string delta) => $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""";

    public static string BlockStop(int index) => $$"""{"type":"content_block_stop","index":{{index}}}""";

    public static string Text(int index, string text) => BlockDelta(index, $$"""{"type":"text_delta","text":"{{text}}"}""");

    public static string Arguments(int index, string json) => BlockDelta(index, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = json }.ToJsonString());

    public static string Call(int index, string id, string name, string input = "{}") => BlockStart(index, $$"""{"type":"tool_use","id":"{{id}}","name":"{{name}}","input":{{input}}}""");

    public static AttemptResult Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    private static AttemptResult Read(byte[] bytes)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(pooled, 0);
        return Mapper.ReadAnswer(pooled, bytes.Length);
    }

    /// <summary>The completion a message becomes.</summary>
    public static JsonNode Completion(string body) => Completion(Encoding.UTF8.GetBytes(body));

    public static JsonNode Completion(byte[] body)
    {
        var result = Read(body);
        Assert.Null(result.Failure);
        using var answer = result.Answer!;
        return JsonNode.Parse(answer.Body.Span)!;
    }

    public static AttemptFailure Failure(string body)
    {
        var result = Read(body);
        result.Answer?.Dispose();
        return Assert.IsType<AttemptFailure>(result.Failure);
    }

    public static Task<StreamedAnswer> StreamAsync(params string[] events) => StreamTextAsync(string.Concat(events.Select(item => $"data: {item}\n\n")));

    public static Task<StreamedAnswer> StreamTextAsync(string text) => StreamBytesAsync(Encoding.UTF8.GetBytes(text));

    public static async Task<StreamedAnswer> StreamBytesAsync(byte[] bytes)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent(bytes) };
        return await StreamedAnswer.ReadAsync(Mapper.OpenStream(UpstreamBody.Of(response, TimeProvider.System)));
    }

    /// <summary>What the deltas of a whole stream add up to, without what only fragments have.</summary>
    public static async Task<JsonObject> MessageAsync(params string[] events)
    {
        var streamed = await StreamAsync(events);
        Assert.Null(streamed.Failure);
        return Bare(DeltaSum.Of(streamed.Chunks));
    }

    /// <summary>Without nulls, empty texts and the places of fragments, in which whole and streamed answers differ.</summary>
    public static JsonObject Bare(JsonNode message)
    {
        var bare = (JsonObject)message.DeepClone();
        foreach (var name in bare.Where(member => member.Value is null || (member.Value is JsonValue text && text.TryGetValue<string>(out var said) && said.Length == 0)).Select(member => member.Key).ToArray())
            bare.Remove(name);
        foreach (var list in new[] { bare["tool_calls"], bare["thinking_blocks"], bare["annotations"], bare["provider_specific_fields"]?["citations"], bare["provider_specific_fields"]?["content_blocks"] })
        {
            foreach (var item in list?.AsArray() ?? [])
            {
                item!.AsObject().Remove("index");
                if ((string?)item["signature"] == "")
                    item.AsObject().Remove("signature");
            }
        }

        return bare;
    }

    public static void AssertSame(string expected, JsonNode actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual.ToJsonString());
}
