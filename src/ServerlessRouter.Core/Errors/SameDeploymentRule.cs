namespace ServerlessRouter.Errors;

/// <summary>Whether a failed deployment may be asked again for the same request.</summary>
public enum SameDeploymentRule
{
    Never,

    /// <summary>After a backoff, when the model has no other deployment.</summary>
    AfterBackoff,

    /// <summary>Only after the vendor's Retry-After, inside the deadline.</summary>
    AfterRetryAfter,
}
