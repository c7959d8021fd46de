using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Errors;

/// <summary>Everything the router itself can answer instead of a completion; a closed set, its traits in <see cref="RouterErrorTraits"/>.</summary>
public enum RouterErrorCode
{
    /// <summary>The request cannot be understood or breaks a rule of the wire format.</summary>
    InvalidRequest,

    /// <summary>A parameter decides the answer's form, and no model of the route can carry it.</summary>
    UnsupportedParameter,

    /// <summary>The answer that a request goes on from is not kept, or no longer.</summary>
    PreviousResponseNotFound,

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

/// <summary>What follows from an error code: a total function, so that a new code does not compile until it is decided.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type"><c>error.type</c> of OpenAI's error body.</param>
/// <param name="Code"><c>error.code</c> of OpenAI's error body.</param>
/// <param name="Availability"><c>availability.code</c> after OpenRouter, where one fits.</param>
/// <param name="CanHelpToRetry">Whether the same request may succeed later; when not, clients are told not to try.</param>
/// <param name="LogLevel">How loudly it is logged.</param>
public sealed record RouterErrorTraits(int Status, string Type, string Code, string? Availability, bool CanHelpToRetry, LogLevel LogLevel)
{
    private const string InvalidRequestType = "invalid_request_error";
    private const string ServerErrorType = "server_error";

    /// <summary>The traits of a code.</summary>
    public static RouterErrorTraits Of(RouterErrorCode code) => All[(int)code];

    private static readonly RouterErrorTraits[] All = [.. Enum.GetValues<RouterErrorCode>().Select(Decide)];

    private static RouterErrorTraits Decide(RouterErrorCode code) => code switch
    {
        RouterErrorCode.InvalidRequest => new(400, InvalidRequestType, "invalid_request", null, false, LogLevel.Debug),
        RouterErrorCode.UnsupportedParameter => new(400, InvalidRequestType, "unsupported_parameter", null, false, LogLevel.Debug),
        RouterErrorCode.PreviousResponseNotFound => new(400, InvalidRequestType, "previous_response_not_found", null, false, LogLevel.Debug),
        RouterErrorCode.InvalidApiKey => new(401, "authentication_error", "invalid_api_key", null, false, LogLevel.Debug),
        RouterErrorCode.PermissionDenied => new(403, "permission_error", "permission_denied", null, false, LogLevel.Debug),
        RouterErrorCode.NotFound => new(404, InvalidRequestType, "not_found", null, false, LogLevel.Debug),
        RouterErrorCode.MethodNotAllowed => new(405, InvalidRequestType, "method_not_allowed", null, false, LogLevel.Debug),
        RouterErrorCode.PreconditionFailed => new(412, InvalidRequestType, "precondition_failed", null, false, LogLevel.Debug),
        RouterErrorCode.ModelNotFound => new(404, InvalidRequestType, "model_not_found", "model_not_found", false, LogLevel.Debug),
        RouterErrorCode.NoEndpoints => new(404, InvalidRequestType, "no_endpoints", "no_endpoints", false, LogLevel.Warning),
        RouterErrorCode.ConstraintFiltered => new(404, InvalidRequestType, "constraint_filtered", "constraint_filtered", false, LogLevel.Debug),
        RouterErrorCode.RegionRestricted => new(403, "permission_error", "region_restricted", "region_restricted", false, LogLevel.Debug),
        RouterErrorCode.PrivacyRestricted => new(404, InvalidRequestType, "privacy_restricted", "privacy_restricted", false, LogLevel.Debug),
        RouterErrorCode.CapacityExhausted => new(429, "rate_limit_error", "capacity_exhausted", "capacity_exhausted", true, LogLevel.Warning),
        RouterErrorCode.TemporarilyUnavailable => new(503, ServerErrorType, "temporarily_unavailable", "temporarily_unavailable", true, LogLevel.Warning),
        RouterErrorCode.InsufficientQuota => new(429, "insufficient_quota", "insufficient_quota", null, false, LogLevel.Information),
        RouterErrorCode.RateLimitExceeded => new(429, "rate_limit_error", "rate_limit_exceeded", null, true, LogLevel.Debug),
        RouterErrorCode.ContextLengthExceeded => new(400, InvalidRequestType, "context_length_exceeded", null, false, LogLevel.Debug),
        RouterErrorCode.ContentFilter => new(400, InvalidRequestType, "content_filter", null, false, LogLevel.Debug),
        RouterErrorCode.Conflict => new(409, InvalidRequestType, "conflict", null, false, LogLevel.Debug),
        RouterErrorCode.PayloadTooLarge => new(413, InvalidRequestType, "payload_too_large", null, false, LogLevel.Debug),
        RouterErrorCode.UnsupportedMediaType => new(415, InvalidRequestType, "unsupported_media_type", null, false, LogLevel.Debug),
        RouterErrorCode.StorageFull => new(507, InvalidRequestType, "storage_full", null, false, LogLevel.Warning),
        RouterErrorCode.RequestTimeout => new(408, InvalidRequestType, "request_timeout", null, true, LogLevel.Debug),
        RouterErrorCode.Timeout => new(504, ServerErrorType, "timeout", null, true, LogLevel.Warning),
        RouterErrorCode.UpstreamError => new(502, ServerErrorType, "upstream_error", null, true, LogLevel.Warning),
        RouterErrorCode.UpstreamRejected => new(400, InvalidRequestType, "upstream_rejected", null, false, LogLevel.Debug),
        RouterErrorCode.ClientClosedRequest => new(499, InvalidRequestType, "client_closed_request", null, false, LogLevel.Debug),
        RouterErrorCode.Internal => new(500, ServerErrorType, "internal_error", null, true, LogLevel.Error),
    };
}
