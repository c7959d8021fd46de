namespace ServerlessRouter.Chat;

/// <summary>How a choice of an answer ended.</summary>
public enum AnswerEnd
{
    /// <summary>The model says that it is done.</summary>
    Whole,

    /// <summary>At the model's or the caller's own length limit.</summary>
    CutAtLength,

    /// <summary>By a filter, or in a way that is not known.</summary>
    CutOtherwise,
}
