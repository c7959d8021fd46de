using System.Collections.Immutable;
using System.Text;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>The script of one answer of a <see cref="FakeUpstream"/>: immutable, so one reply can serve many requests.</summary>
/// <remarks>Whether a chat answer goes out plain or streamed, in OpenAI's or Anthropic's words, is the request's business, not the script's.</remarks>
public sealed partial record Reply
{
    private Reply(ReplyContent content) => Content = content;

    internal ReplyContent Content { get; init; }

    internal ImmutableList<KeyValuePair<string, string>> Headers { get; init; } = [];

    internal ImmutableList<(ReplyPoint Point, Gate? Gate)> Holds { get; init; } = [];

    internal (ReplyPoint Point, CutManner Manner)? Cut { get; init; }

    internal SseStyle Sse { get; init; } = new();

    internal bool IsGzipped { get; init; }

    internal bool IsByteByByte { get; init; }

    /// <summary>A chat answer, streamed word by word.</summary>
    public static Reply Text(string text) => new(new ChatContent { Pieces = [.. Words(text)] });

    /// <summary>A chat answer, streamed in exactly these pieces.</summary>
    public static Reply Stream(params string[] pieces) => new(new ChatContent { Pieces = [.. pieces] });

    /// <summary>A chat answer that calls one tool; <see cref="AndCall"/> adds more.</summary>
    public static Reply Call(string tool, string argumentsJson = "{}", string id = "call_1") => new Reply(new ChatContent()).AndCall(tool, argumentsJson, id);

    /// <summary>A chat answer that is a refusal.</summary>
    public static Reply Refuse(string refusal) => new(new ChatContent { Refusal = refusal });

    /// <summary>The vector of a text.</summary>
    public static Reply Vector(params float[] numbers) => Vectors(numbers);

    /// <summary>The vectors of texts, in their order.</summary>
    public static Reply Vectors(params float[][] vectors) => new(new VectorContent(vectors));

    /// <summary>A 200 whose stream carries exactly these <c>data:</c> payloads; <c>[DONE]</c> is one of them if wanted.</summary>
    public static Reply Events(params string[] payloads) => new(new EventsContent([.. payloads]));

    /// <summary>A body as it stands.</summary>
    public static Reply Body(string body, string mediaType, int status = 200) => new(new RawContent(status, mediaType, Encoding.UTF8.GetBytes(body)));

    /// <summary>A 200 of the right media type with nothing in it.</summary>
    public static Reply Empty() => new(new RawContent(200, null, []));

    public Reply AndCall(string tool, string argumentsJson = "{}", string? id = null) =>
        WithChat(chat => chat with { ToolCalls = chat.ToolCalls.Add(new ToolCallReply(id ?? $"call_{chat.ToolCalls.Length + 1}", tool, argumentsJson)) });

    /// <summary>In OpenAI's words; towards Anthropic's clients it is translated.</summary>
    public Reply FinishReason(string reason) => WithChat(chat => chat with { FinishReason = reason });

    public Reply Model(string model) => WithChat(chat => chat with { Model = model });

    public Reply Usage(int prompt, int completion, int cached = 0, int reasoning = 0, int cacheWrite = 0) =>
        Usage(new UpstreamUsage(prompt, completion, cached, reasoning, cacheWrite));

    public Reply Usage(UpstreamUsage usage) => WithChat(chat => chat with { Usage = usage });

    public Reply UsageAt(UsagePlacement placement) => WithChat(chat => chat with { UsagePlacement = placement });

    /// <summary>Adds <c>usage.cost</c>, as OpenRouter does; needs a stated usage.</summary>
    public Reply ReportCost(decimal usd) => WithChat(chat => chat with
    {
        Usage = (chat.Usage ?? throw new InvalidOperationException("State the usage before the cost: Usage(…).ReportCost(…).")) with { ReportedCostUsd = usd },
    });

    public Reply Header(string name, string value) => this with { Headers = Headers.Add(new(name, value)) };

    private static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start);
            var end = space < 0 ? text.Length : space + 1;
            yield return text[start..end];
            start = end;
        }
    }

    private Reply WithChat(Func<ChatContent, ChatContent> change) => Content is ChatContent chat
        ? this with { Content = change(chat) }
        : throw new InvalidOperationException($"Only a chat answer can be changed this way; this reply is {Content.GetType().Name}.");
}
