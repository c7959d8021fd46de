namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Where content stands; the vendor takes other blocks in each.</summary>
internal enum ContentHome
{
    /// <summary>The system prompt: texts.</summary>
    System,

    /// <summary>A user's turn: texts, images, documents.</summary>
    User,

    /// <summary>An assistant's turn: texts, thinking, calls.</summary>
    Assistant,

    /// <summary>The result of a tool: texts, images, documents.</summary>
    Result,
}
