using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Turns what a reply says into the bytes that the request's dialect and its <c>stream</c> ask for.</summary>
internal static class AnswerPlanner
{
    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";

    public static AnswerPlan Plan(UpstreamRequest request, Reply reply) => reply.Content switch
    {
        ChatContent chat => PlanChat(request, chat with { Usage = chat.Usage ?? WordCount.Of(request, chat) }, reply.Sse),
        VectorContent vector => PlanWhole(200, Json, JsonBytes.Of(vector.ToJson(request)), VectorContent.UsageOf(request)),
        ErrorContent error => PlanWhole(error.Status, Json, JsonBytes.Of(error.ToJson(request.Dialect))),
        RawContent raw => PlanWhole(raw.Status, raw.MediaType ?? (request.IsStreaming ? EventStream : Json), raw.Body),
        EventsContent events => PlanEvents(events, reply.Sse),
        _ => throw new InvalidOperationException($"No plan for {reply.Content.GetType().Name}."),
    };

    private static AnswerPlan PlanChat(UpstreamRequest request, ChatContent chat, SseStyle sse)
    {
        var frames = request.Dialect switch
        {
            Dialect.Anthropic => AnthropicWriter.Frames(request, chat),
            Dialect.Responses => ResponsesWriter.Frames(request, chat),
            _ => OpenAiWriter.Frames(request, chat),
        };
        var usage = chat.ErrorInside is { } inside ? chat.Usage!.Share(inside.AfterChunk, of: Math.Max(inside.AfterChunk, chat.Pieces.Length)) : chat.Usage!;
        if (request.IsStreaming)
            return new(200, EventStream, [.. frames.Select(frame => new Segment(frame.Kind, sse.Format(frame), frame.ReportsUsage))], IsStream: true, usage);

        JsonNode body = chat.ErrorInside?.Error.ToJson(request.Dialect)
            ?? request.Dialect switch
            {
                Dialect.Anthropic => AnthropicWriter.Whole(request, chat),
                Dialect.Responses => ResponsesWriter.Whole(request, chat),
                _ => OpenAiWriter.Whole(request, chat),
            };
        var slices = Slice(JsonBytes.Of(body), frames.Count(frame => frame.Kind == FrameKind.Content));
        var reportsUsage = chat.ErrorInside is null && chat.UsagePlacement != UsagePlacement.Absent;
        slices[^1] = slices[^1] with { ReportsUsage = reportsUsage };
        return new(200, Json, slices, IsStream: false, usage);
    }

    private static AnswerPlan PlanWhole(int status, string mediaType, byte[] body, UpstreamUsage? usage = null) =>
        new(status, mediaType, [new Segment(FrameKind.Content, body)], IsStream: false, usage ?? UpstreamUsage.None);

    private static AnswerPlan PlanEvents(EventsContent events, SseStyle sse) => new(200, EventStream,
        [.. events.Payloads.Select(payload => new Segment(
            payload == "[DONE]" ? FrameKind.End : FrameKind.Content, sse.Format(new Frame(FrameKind.Content, Encoding.UTF8.GetBytes(payload)))))],
        IsStream: true, UpstreamUsage.None);

    /// <summary>As many slices as a stream has chunks, and one more, so that a cut after any of them leaves the JSON unfinished.</summary>
    private static List<Segment> Slice(byte[] body, int chunks)
    {
        var slices = new List<Segment>();
        for (var i = 0; i <= chunks; i++)
        {
            var from = (int)((long)body.Length * i / (chunks + 1));
            var to = (int)((long)body.Length * (i + 1) / (chunks + 1));
            slices.Add(new Segment(i < chunks ? FrameKind.Content : FrameKind.End, body[from..to]));
        }
        return slices;
    }
}
