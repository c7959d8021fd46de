namespace ServerlessRouter.Classification.Answers;

/// <summary>Whether an answer states its result in a form a program finds.</summary>
internal enum FinalAnswerKind
{
    None,

    /// <summary>Announced, but without a number.</summary>
    Malformed,
    Number,
}
