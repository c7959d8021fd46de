namespace ServerlessRouter.Classification.Answers;

/// <summary>What can be seen in an answer without knowing the right one; each from 0 to 1.</summary>
public enum AnswerFeature
{
    /// <summary>Nothing was answered.</summary>
    Empty,
    Length,
    Lines,

    /// <summary>No "#### 42", "\boxed{42}" or "the answer is 42".</summary>
    NoFinalAnswer,

    /// <summary>A final answer is announced, but no number follows.</summary>
    MalformedFinalAnswer,

    /// <summary>The text stops in mid-sentence, or a code fence stays open.</summary>
    Truncated,
    Equations,

    /// <summary>Share of the equations that do not add up.</summary>
    WrongArithmetic,

    /// <summary>Some equation does not add up.</summary>
    AnyWrongArithmetic,

    /// <summary>The final answer is not the last computed result.</summary>
    FinalIsNotLastResult,

    /// <summary>Share of the numbers in the question that the answer never uses.</summary>
    UnusedGivens,

    /// <summary>Share of the numbers in the answer that are neither given nor computed.</summary>
    InventedNumbers,
    FinalIsFractional,
    FinalIsNegative,

    /// <summary>The final answer is one of the numbers in the question.</summary>
    FinalIsGiven,

    /// <summary>The final answer is far beyond every number in the question.</summary>
    FinalIsLarge,
    Hedging,
    Refusal,

    /// <summary>Share of the lines that say what an earlier line said.</summary>
    Repetition,
    FractionalSteps,
    Divisions,
    GivenNumbers,
    QuestionLength,
    StepsForGivens,
}
