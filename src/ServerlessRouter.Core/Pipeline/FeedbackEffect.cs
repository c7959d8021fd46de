namespace ServerlessRouter.Pipeline;

/// <summary>Whether a grade counted.</summary>
public enum FeedbackEffect
{
    /// <summary>It moved the correction.</summary>
    Counted,

    /// <summary>The configuration freezes the corrections, or uses none.</summary>
    Frozen,

    /// <summary>The answer was graded before; the first grade stands.</summary>
    GradedBefore,
}
