namespace ServerlessRouter.Errors;

/// <summary>An error as the caller sees it: what was wrong and what to change.</summary>
public sealed record RouterError(RouterErrorCode Code, string Message)
{
    /// <summary>The request field at fault (<c>error.param</c>).</summary>
    public string? Param { get; init; }

    /// <summary>How long to wait before another try can help; the minimum over the attempts.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>False when the router's own attempts are spent and a client's retry would only multiply them.</summary>
    public bool ShouldRetry { get; init; } = RouterErrorTraits.Of(Code).CanHelpToRetry;

    /// <summary>Which constraints removed how many candidates, for <c>availability.excluded_by</c>.</summary>
    public IReadOnlyList<string> ExcludedBy { get; init; } = [];

    /// <summary>A vendor's own refusal that is passed on as it came.</summary>
    public UpstreamRefusal? Refusal { get; init; }

    /// <summary>The router's own limit because of which it was refused, for <c>error.metadata</c>; null for every other reason.</summary>
    public LimitFacts? Limit { get; init; }

    /// <summary>One of the router's own limits is in the way for a while; what is answered later waits until it is not.</summary>
    public bool IsThrottled => Limit is not null && Code == RouterErrorCode.RateLimitExceeded;

    /// <summary>HTTP status of the answer.</summary>
    public int Status => Refusal?.Status ?? RouterErrorTraits.Of(Code).Status;

    public static RouterError InvalidRequest(string message, string? param = null) => new(RouterErrorCode.InvalidRequest, message) { Param = param };
}

/// <summary>A vendor's 4xx that the caller gets as it is: the status and, in OpenAI's schema, the body (bounded; never logged).</summary>
public sealed record UpstreamRefusal(int Status, ReadOnlyMemory<byte> Body);
