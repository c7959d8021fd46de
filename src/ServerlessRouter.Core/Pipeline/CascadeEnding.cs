namespace ServerlessRouter.Pipeline;

/// <summary>How a cascade came to the answer it gave.</summary>
public enum CascadeEnding
{
    /// <summary>Every check accepted it.</summary>
    Accepted,

    /// <summary>It was longer than what is kept back, or the cascade's time was over before it was whole, so it was given as it came.</summary>
    Unchecked,

    /// <summary>No stronger model stood behind the one that answered.</summary>
    LastStep,

    /// <summary>The best rejected answer: no further step gave a better one.</summary>
    HeldBackNothingBetter,

    /// <summary>The best rejected answer: the attempts were spent.</summary>
    HeldBackOutOfAttempts,

    /// <summary>The best rejected answer: the time was over.</summary>
    HeldBackOutOfTime,

    /// <summary>The best rejected answer: a further step would have passed the ceiling on money.</summary>
    HeldBackOutOfMoney,

    /// <summary>The last unchecked answer, or the best rejected one: the router failed to check it, or to go on, again and again.</summary>
    HeldBackAfterFaults,
}
