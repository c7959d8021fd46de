namespace ServerlessRouter.Pipeline;

/// <summary>Which of a vendor's operations an attempt calls.</summary>
public enum AttemptOperation
{
    /// <summary>A chat completion.</summary>
    Chat,

    /// <summary>The vector of a text.</summary>
    Embeddings,
}
