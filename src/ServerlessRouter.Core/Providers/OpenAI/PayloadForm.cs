namespace ServerlessRouter.Providers.OpenAI;

/// <summary>The two forms of an answer in OpenAI's schema.</summary>
internal enum PayloadForm
{
    /// <summary><c>chat.completion</c>: each choice has a <c>message</c>.</summary>
    Whole,

    /// <summary><c>chat.completion.chunk</c>: each choice has a <c>delta</c>.</summary>
    Chunk,
}
