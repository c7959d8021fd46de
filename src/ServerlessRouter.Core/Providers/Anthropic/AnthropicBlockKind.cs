namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What a content block of Anthropic's is to OpenAI's schema.</summary>
internal enum AnthropicBlockKind
{
    Text,
    Thinking,

    /// <summary>Thinking that the vendor encrypted.</summary>
    RedactedThinking,

    /// <summary>A call of a tool the caller has.</summary>
    ToolUse,

    /// <summary>What OpenAI's schema has no word for: the vendor's own tools and their results, files, compactions, and blocks that came later than this router.</summary>
    Other,
}
