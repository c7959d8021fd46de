using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Responses, whole and in events, as the mapper translates them.</summary>
internal static class ResponsesAnswers
{
    public const string Usage = """{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}""";

    public static readonly TokenUsage Billed = new(10, 5) { CachedTokens = 4, ReasoningTokens = 2 };

    /// <summary>The same of an answer, which tells its tier.</summary>
    public static readonly TokenUsage Served = Billed with { ServiceTier = "default" };

    private static readonly ResponsesMapper Mapper = new(static deployment => deployment.Provider.Endpoint!, new ManualTimeProvider());

    /// <summary>A response with these output items; <paramref name="more"/> are further members, each with a comma before it.</summary>
    public static string Response(string items, string status = "completed", string more = "") =>
        $$"""{"id":"resp_1","object":"response","created_at":1767225600,"status":"{{status}}","error":null,"model":"gpt-x","service_tier":"default","output":[{{items}}],"usage":{{Usage}}{{more}}}""";

    public static string Message(string text, string more = "") =>
        $$"""{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"{{text}}","annotations":[]}]{{more}}}""";

    public static string Call(string id, string name, string arguments, string type = "function_call", string member = "arguments") =>
        new JsonObject { ["type"] = type, ["id"] = $"fc_{id}", ["call_id"] = id, ["name"] = name, [member] = arguments, ["status"] = "completed" }.ToJsonString();

    /// <summary>The event that ends a stream.</summary>
    public static string End(string items = "", string status = "completed", string more = "") => $$"""{"type":"response.{{status}}","response":{{Response(items, status, more)}}}""";

    public const string Start = """{"type":"response.created","response":{"id":"resp_1","object":"response","created_at":1767225600,"status":"in_progress","model":"gpt-x","output":[],"usage":null}}""";

    public static string Added(int index, string item) => $$"""{"type":"response.output_item.added","output_index":{{index}},"item":{{item}}}""";

    public static string Done(int index, string item) => $$"""{"type":"response.output_item.done","output_index":{{index}},"item":{{item}}}""";

    public static string Text(string delta, int index = 0, string id = "msg_1") =>
        $$"""{"type":"response.output_text.delta","item_id":"{{id}}","output_index":{{index}},"content_index":0,"delta":"{{delta}}"}""";

    public static string Arguments(int index, string id, string delta) =>
        new JsonObject { ["type"] = "response.function_call_arguments.delta", ["item_id"] = $"fc_{id}", ["output_index"] = index, ["delta"] = delta }.ToJsonString();

    public static AttemptResult Read(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(pooled, 0);
        return Mapper.ReadAnswer(pooled, bytes.Length);
    }

    /// <summary>The completion a response becomes.</summary>
    public static JsonNode Completion(string body)
    {
        var result = Read(body);
        Assert.Null(result.Failure);
        using var answer = result.Answer!;
        return JsonNode.Parse(answer.Body.Span)!;
    }

    /// <summary>A stream of these payloads, read to its end.</summary>
    public static Task<StreamedAnswer> StreamAsync(params string[] payloads) => StreamedAnswer.ReadAsync(Mapper.OpenStream(BodyOf(payloads)));

    /// <summary>What a caller who speaks responses gets of a stream of these payloads, and what was learnt of it.</summary>
    public static async Task<(string Text, TokenUsage? Usage, string? FinishReason, AttemptFailure? Failure)> PassOnAsync(params string[] payloads)
    {
        await using var stream = Mapper.OpenStream(BodyOf(payloads), passesOn: true);
        var text = "";
        while (await stream.ReadAsync(default))
            text += Encoding.UTF8.GetString(stream.Batch.Span);
        return (text, stream.Usage, stream.FinishReason, stream.Failure);
    }

    /// <summary>What a caller who speaks responses gets of this body.</summary>
    public static AttemptResult PassOn(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(pooled, 0);
        return new ResponsesPassage(Mapper).ReadAnswer(pooled, bytes.Length);
    }

    private static UpstreamBody BodyOf(string[] payloads)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(payloads.Select(static payload => $"data: {payload}\n\n")));
        var pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(pooled, 0);
        return UpstreamBody.Of(pooled, bytes.Length, TimeProvider.System, int.MaxValue);
    }
}
