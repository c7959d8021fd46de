namespace ServerlessRouter.Chat;

/// <summary>The top-level fields of a chat request that routing acts on.</summary>
[Flags]
internal enum RequestFields
{
    None = 0,
    Model = 1,
    Models = 1 << 1,
    Messages = 1 << 2,
    Stream = 1 << 3,
    StreamOptions = 1 << 4,
    MaxTokens = 1 << 5,
    MaxCompletionTokens = 1 << 6,
    Tools = 1 << 7,
    Functions = 1 << 8,
    ResponseFormat = 1 << 9,
    Logprobs = 1 << 10,
    ReasoningEffort = 1 << 11,
    Modalities = 1 << 12,
    SessionId = 1 << 13,
    PromptCacheKey = 1 << 14,
    User = 1 << 15,
}
