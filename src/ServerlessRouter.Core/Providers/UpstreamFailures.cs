using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers;

/// <summary>Turns what a vendor answered, or how its connection broke, into one of the closed set of failures. Details are the router's own words.</summary>
internal static class UpstreamFailures
{
    /// <summary>As much of an error body as is read and passed on.</summary>
    public const int MostErrorBytes = 64 * 1024;

    private static readonly string[] QuotaCodes =
        ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance", "insufficient_credits", "account_deactivated", "billing_error"];

    private static readonly string[] ContextPhrases =
    [
        "maximum context length", "context length", "context window", "context size", "context limit", "prompt is too long", "input is too long",
        "input token count", "maximum number of tokens allowed", "reduce the length of the messages", "max_new_tokens` must be",
    ];

    /// <summary>The failure of an answer whose status is an error.</summary>
    public static AttemptFailure OfStatus(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body, RemainingQuota? quota, DateTimeOffset now)
    {
        var error = VendorError.Read(body);
        return Classify(status, error, body) with { RetryAfter = RateLimitHeaders.ReadRetryAfter(headers, quota, now) };
    }

    /// <summary>The failure of an error object inside a 200.</summary>
    public static AttemptFailure OfErrorInside(VendorError error) => Classify(error.StatusInCode ?? StatusOf(error), error, default);

    /// <summary>The failure of a connection that broke before the answer's headers.</summary>
    public static AttemptFailure OfConnection(Exception exception) => new(FailureKind.ConnectFailed, exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "The provider's host name could not be resolved.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "The TLS connection to the provider could not be set up.",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError, StatusCode: System.Net.HttpStatusCode.ProxyAuthenticationRequired } =>
            "The proxy wants a name and a password, or others.",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "The proxy opened no connection to the provider.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "The provider could not be reached.",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "The provider's answer was not HTTP.",
        OperationCanceledException => "The provider did not accept a connection in time.",
        _ => "The connection to the provider broke before it answered.",
    });

    public static AttemptFailure CutBeforeCommit(string detail) => new(FailureKind.CutBeforeCommit, detail);

    /// <summary>Whether an exception says that a connection broke, which is to be expected; all others are bugs.</summary>
    public static bool IsBrokenConnection(Exception exception) =>
        exception is HttpRequestException or IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException;

    private static AttemptFailure Classify(int status, VendorError error, ReadOnlyMemory<byte> body)
    {
        var (kind, detail) = Decide(status, error);
        var reachesCaller = kind is FailureKind.ContextLengthExceeded or FailureKind.ContentFiltered or FailureKind.RequestRejected;
        return new AttemptFailure(kind, detail)
        {
            UpstreamStatus = status,
            Refusal = reachesCaller ? new UpstreamRefusal(kind == FailureKind.RequestRejected ? status : 400, RefusalBody(error, kind, body)) : null,
        };
    }

    private static (FailureKind Kind, string Detail) Decide(int status, VendorError error)
    {
        if (IsQuota(status, error))
            return (FailureKind.QuotaExhausted, "The provider's quota or credit is used up.");
        return status switch
        {
            >= 300 and < 400 => (FailureKind.DeploymentNotFound, $"The provider answered {status}, a redirect; its endpoint is configured wrongly."),
            401 => (FailureKind.CredentialRefused, "The provider refused the router's credential."),
            403 when IsFiltered(error) => (FailureKind.ContentFiltered, "The provider's content filter refused the prompt."),
            403 => (FailureKind.CredentialRefused, "The router's credential may not use the deployment."),
            404 => (FailureKind.DeploymentNotFound, "The provider does not know the deployment."),
            408 or 409 or 425 => (FailureKind.ServerError, $"The provider answered {status}, which another try may mend."),
            429 => (FailureKind.RateLimited, "The provider's rate limit is reached."),
            529 => (FailureKind.Overloaded, "The provider is overloaded."),
            503 when error.Says("overloaded_error") || error.Says("overloaded") || error.Mentions("overloaded")
                => (FailureKind.Overloaded, "The provider is overloaded."),
            >= 500 => (FailureKind.ServerError, $"The provider answered {status}."),
            _ when error.Says("model_not_found") || error.Says("DeploymentNotFound") || error.Says("model_decommissioned")
                => (FailureKind.DeploymentNotFound, "The provider does not know the deployment."),
            _ when IsFiltered(error) => (FailureKind.ContentFiltered, "The provider's content filter refused the prompt."),
            413 when error.Says("rate_limit_exceeded") => (FailureKind.RateLimited, "The provider's rate limit is reached."),
            400 or 413 or 422 when IsContextLength(error) => (FailureKind.ContextLengthExceeded, "The prompt is longer than the model's context window."),
            _ => (FailureKind.RequestRejected, $"The provider refused the request with {status}."),
        };
    }

    private static bool IsQuota(int status, VendorError error)
    {
        if (status == 402 || (status == 400 && error.Mentions("credit balance is too low")))
            return true;
        if (status is not (429 or 403 or 400))
            return false;
        foreach (var code in QuotaCodes)
        {
            if (error.Says(code))
                return true;
        }

        return false;
    }

    private static bool IsFiltered(VendorError error) =>
        error.Says("content_filter") || error.Says("content_policy_violation") || error.Says("ResponsibleAIPolicyViolation") || error.Says("moderation")
        || error.InnerCode is "ResponsibleAIPolicyViolation" || error.Mentions("requires moderation");

    private static bool IsContextLength(VendorError error)
    {
        if (error.Says("context_length_exceeded") || error.Says("exceed_context_size_error"))
            return true;
        foreach (var phrase in ContextPhrases)
        {
            if (error.Mentions(phrase))
                return true;
        }

        return false;
    }

    /// <summary>The status an error without one stands for.</summary>
    private static int StatusOf(VendorError error)
    {
        if (error.Says("rate_limit_exceeded") || error.Says("rate_limit_error") || error.Says("insufficient_quota") || error.Says("RESOURCE_EXHAUSTED"))
            return 429;
        if (error.Says("overloaded_error") || error.Says("overloaded"))
            return 529;
        if (error.Says("authentication_error") || error.Says("invalid_api_key"))
            return 401;
        if (error.Says("permission_error"))
            return 403;
        if (error.Says("not_found_error"))
            return 404;
        return error.Says("invalid_request_error") || IsFiltered(error) || error.Says("context_length_exceeded") ? 400 : 500;
    }

    private static byte[] RefusalBody(VendorError error, FailureKind kind, ReadOnlyMemory<byte> body)
    {
        if (error.IsOpenAI && error.Says(WireCode(kind) ?? error.Code ?? "") && body.Length > 0)
            return body.ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("message", error.Message ?? PlainText(body) ?? "The provider refused the request.");
            writer.WriteString("type", error.Type ?? "invalid_request_error");
            writer.WriteString("param", error.Param);
            writer.WriteString("code", WireCode(kind) ?? error.Code);
            if (error.InnerJson is { } inner)
            {
                writer.WritePropertyName("innererror");
                writer.WriteRawValue(inner);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What clients look for in <c>error.code</c>, whatever the vendor calls it.</summary>
    private static string? WireCode(FailureKind kind) => kind switch
    {
        FailureKind.ContextLengthExceeded => "context_length_exceeded",
        FailureKind.ContentFiltered => "content_filter",
        _ => null,
    };

    /// <summary>A body that is a short text, not a page.</summary>
    private static string? PlainText(ReadOnlyMemory<byte> body)
    {
        const int LongestText = 1024;
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestText)]).Trim();
        return text.Length == 0 || text[0] is '<' or '{' or '[' ? null : text;
    }
}
