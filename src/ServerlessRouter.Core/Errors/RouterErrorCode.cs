namespace ServerlessRouter.Errors;

/// <summary>Everything the router itself can answer instead of a completion; a closed set, its traits in <see cref="RouterErrorTraits"/>.</summary>
public enum RouterErrorCode
{
    /// <summary>The request cannot be understood or breaks a rule of the wire format.</summary>
    InvalidRequest,

    /// <summary>No key, or a key that is not configured.</summary>
    InvalidApiKey,

    /// <summary>The key is known and may not do this.</summary>
    PermissionDenied,

    /// <summary>No such URL.</summary>
    NotFound,

    /// <summary>The URL exists, the method does not.</summary>
    MethodNotAllowed,

    /// <summary>Another change came first to what a change was meant for.</summary>
    PreconditionFailed,

    /// <summary><c>model</c> names neither a route nor a model.</summary>
    ModelNotFound,

    /// <summary>The route or model has no deployment at all.</summary>
    NoEndpoints,

    /// <summary>Every candidate was removed by a constraint of the request or the route.</summary>
    ConstraintFiltered,

    /// <summary>Only deployments in forbidden regions remain.</summary>
    RegionRestricted,

    /// <summary>Only deployments that break the data policy remain.</summary>
    PrivacyRestricted,

    /// <summary>Every deployment said it has no capacity left.</summary>
    CapacityExhausted,

    /// <summary>Every deployment is out of order right now.</summary>
    TemporarilyUnavailable,

    /// <summary>A budget is spent; another try does not help.</summary>
    InsufficientQuota,

    /// <summary>The caller sends faster than its limit.</summary>
    RateLimitExceeded,

    /// <summary>The prompt is longer than any candidate's context window.</summary>
    ContextLengthExceeded,

    /// <summary>A vendor's content filter refused the prompt.</summary>
    ContentFilter,

    /// <summary>The request does not fit the state of what it is about.</summary>
    Conflict,

    /// <summary>The body is larger than the router reads.</summary>
    PayloadTooLarge,

    /// <summary>The body is in a form the router does not read.</summary>
    UnsupportedMediaType,

    /// <summary>The router may keep no more until something is deleted.</summary>
    StorageFull,

    /// <summary>The caller did not send its body in time.</summary>
    RequestTimeout,

    /// <summary>No answer inside the deadline.</summary>
    Timeout,

    /// <summary>The vendor failed.</summary>
    UpstreamError,

    /// <summary>The vendor refused the request for a reason that holds everywhere; its status and message reach the caller.</summary>
    UpstreamRejected,

    /// <summary>The caller left before there was an answer.</summary>
    ClientClosedRequest,

    /// <summary>A bug of the router.</summary>
    Internal,
}
