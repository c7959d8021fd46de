namespace ServerlessRouter.Errors;

/// <summary>Which of the plan's further models may be tried after a failure.</summary>
public enum NextModelRule
{
    None,
    Any,

    /// <summary>Only models with a larger context window.</summary>
    LargerWindow,

    /// <summary>Only where the route says that refusals may move on.</summary>
    IfRouteAllows,
}
