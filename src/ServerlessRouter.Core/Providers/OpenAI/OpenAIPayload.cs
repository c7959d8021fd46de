using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>What was read from one chunk of a stream, or from a whole answer.</summary>
internal struct OpenAIPayload
{
    /// <summary>There is at least one choice.</summary>
    public bool HasChoices;

    /// <summary>Content, reasoning, a tool call or a refusal: what a caller would notice.</summary>
    public bool HasContent;

    /// <summary>The first choice's, or on a chunk that of whichever choice finished.</summary>
    public string? FinishReason;

    public TokenUsage? Usage;

    public JsonRange UsageRange;

    /// <summary>An error object, at the top or in a choice; empty when there is none.</summary>
    public JsonRange ErrorRange;

    /// <summary>Bytes of content, reasoning and tool arguments as written.</summary>
    public long ContentBytes;
}
