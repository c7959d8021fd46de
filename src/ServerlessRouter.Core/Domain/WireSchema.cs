namespace ServerlessRouter.Domain;

/// <summary>The schemas that callers and vendors speak. Inside the router there is one, <see cref="Chat"/>.</summary>
public enum WireSchema
{
    /// <summary>OpenAI's chat completions.</summary>
    Chat,

    /// <summary>OpenAI's responses.</summary>
    Responses,

    /// <summary>Anthropic's messages.</summary>
    Messages,
}
