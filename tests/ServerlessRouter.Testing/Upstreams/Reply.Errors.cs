using System.Text;

namespace ServerlessRouter.Testing.Upstreams;

public sealed partial record Reply
{
    /// <summary>An error with that status and the vendor's usual body.</summary>
    public static Reply Status(int status) => Error(status, $"The upstream answers {status}.", status >= 500 ? "server_error" : "invalid_request_error");

    public static Reply Error(int status, string message, string type, string? code = null, string? param = null) =>
        new(new ErrorContent(status, message, type, code, param));

    /// <summary>429 of a burst, with no hint when to come back, unless one is added.</summary>
    public static Reply RateLimited() => Error(429, "Rate limit reached. Please slow down.", "requests", "rate_limit_exceeded");

    /// <summary>429 that no waiting heals.</summary>
    public static Reply QuotaExhausted() =>
        Error(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota");

    public static Reply InvalidKey() => Error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key");

    public static Reply Forbidden() => Error(403, "You are not allowed to use this model.", "invalid_request_error", "permission_denied");

    /// <summary>404 as Azure says it.</summary>
    public static Reply DeploymentNotFound() =>
        Error(404, "The API deployment for this resource does not exist.", "invalid_request_error", "DeploymentNotFound");

    public static Reply ContextLengthExceeded(int limit = 8192) =>
        Error(400, $"This model's maximum context length is {limit} tokens.", "invalid_request_error", "context_length_exceeded", "messages");

    /// <summary>400 with Azure's details of what was filtered.</summary>
    public static Reply ContentFiltered()
    {
        const string InnerError = """
            {"code":"ResponsibleAIPolicyViolation","content_filter_result":{"violence":{"filtered":true,"severity":"medium"},"hate":{"filtered":false,"severity":"safe"}}}
            """;
        return new(new ErrorContent(400, "The response was filtered by the content management policy.", "invalid_request_error", "content_filter", "prompt")
        {
            InnerErrorJson = InnerError,
        });
    }

    /// <summary>529, Anthropic's overload.</summary>
    public static Reply Overloaded() => Error(529, "Overloaded", "overloaded_error", "overloaded");

    /// <summary>502 of a proxy in between: a page, not JSON.</summary>
    public static Reply HtmlBadGateway() => new(new RawContent(502, "text/html",
        Encoding.UTF8.GetBytes("<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>")));
}
