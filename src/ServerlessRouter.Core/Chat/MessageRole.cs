namespace ServerlessRouter.Chat;

/// <summary>Who speaks in a message.</summary>
public enum MessageRole
{
    /// <summary><c>system</c> or <c>developer</c>.</summary>
    System,
    User,
    Assistant,

    /// <summary><c>tool</c> or <c>function</c>: the result of a call.</summary>
    Tool,

    /// <summary>A role the router does not know; passed on.</summary>
    Other,
}
