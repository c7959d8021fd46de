namespace ServerlessRouter.Pipeline;

/// <summary>Which of a model's deployments an attempt may use.</summary>
public enum DeploymentChoice
{
    /// <summary>Any that is healthy and was not tried for this request.</summary>
    Fresh,

    /// <summary>One that was tried before, again: the attempt already names it.</summary>
    SameAgain,

    /// <summary>Every breaker is open: the one most likely to answer, once.</summary>
    LeastBad,
}
