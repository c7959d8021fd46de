using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.Failures;

/// <summary>
/// Turns what a vendor answered, or how its connection broke, into one of the closed set of failures: by its words where they are known, else by its status. Details are
/// the router's own words.
/// </summary>
internal static class UpstreamFailures
{
    /// <summary>As much of an error body as is read and passed on.</summary>
    public const int MaxErrorBytes = 64 * 1024;

    private const int BadRequest = 400;
    private const int UnprocessableContent = 422;
    private const int MaxMetadataCharacters = 8 * 1024;

    /// <summary>The failure of an answer whose status is an error.</summary>
    /// <param name="status">The answer's status, whatever number the vendor sent.</param>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="body">The body, or as much of it as is read.</param>
    /// <param name="quota">What the headers say is left.</param>
    /// <param name="now">Now.</param>
    /// <param name="asked">The request: what a vendor repeats of it says nothing about the deployment.</param>
    public static AttemptFailure OfStatus(
        int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body, RemainingQuota? quota, DateTimeOffset now, ChatRequest? asked = null)
    {
        var error = VendorError.Read(body);
        var failure = Classify(status, error, VendorWordings.Find(status, error, asked), body);
        return failure with { RetryAfter = RateLimitHeaders.ReadRetryAfter(headers, quota, error, now, failure.Kind is FailureKind.RateLimited or FailureKind.QuotaExhausted) };
    }

    /// <summary>The failure of an error object inside a 200.</summary>
    public static AttemptFailure OfErrorInside(VendorError error)
    {
        var wording = VendorWordings.Find(error.Status ?? 0, error, null);
        return Classify(error.Status ?? StatusOf(error), error, wording, default) with { RetryAfter = RetryHints.Of(error, null) };
    }

    /// <summary>The failure of a 200 whose body is neither an answer nor has a member <c>error</c>: of a flat error what it says, else <paramref name="otherwise"/>.</summary>
    public static AttemptFailure OfBodyInside(ReadOnlyMemory<byte> body, string otherwise) =>
        VendorError.Read(body) is { IsSaid: true } error && VendorErrorShape.IsError(body) ? OfErrorInside(error) : CutBeforeCommit(otherwise);

    /// <summary>The failure of a connection that broke before the answer's headers.</summary>
    /// <param name="exception">How it broke.</param>
    /// <param name="isProxied">Whether it leads to a proxy, which then is what could not be found or reached.</param>
    public static AttemptFailure OfConnection(Exception exception, bool isProxied) => new(FailureKind.ConnectFailed, exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } when isProxied => "The host name of the proxy could not be resolved.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } when isProxied => "The proxy could not be reached.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } when isProxied => "The TLS connection to the provider, or to the proxy before it, could not be set up.",
        OperationCanceledException when isProxied => "No connection through the proxy was made in time.",
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

    private static AttemptFailure Classify(int status, VendorError error, VendorWording? wording, ReadOnlyMemory<byte> body)
    {
        var (kind, detail) = wording switch
        {
            not null => (wording.Means, DetailOf(wording.Means, status)),
            null when status is BadRequest or UnprocessableContent && error.IsPassedOn => StatusMeaning.OfPassedOn(error),
            null => StatusMeaning.Of(status, IsPage(body.Span)),
        };
        return new AttemptFailure(kind, detail)
        {
            UpstreamStatus = status,
            Refusal = ReachesCaller(kind) ? new UpstreamRefusal(RefusalStatus(kind, status), RefusalBody(error, kind, body)) : null,
        };
    }

    private static bool IsPage(ReadOnlySpan<byte> body) => body.TrimStart(" \r\n\t"u8) is [(byte)'<', ..];

    private static bool ReachesCaller(FailureKind kind) =>
        kind is FailureKind.ContextLengthExceeded or FailureKind.ContentFiltered or FailureKind.RequestRejected or FailureKind.NotExpressible;

    /// <summary>The vendor's own status where it blames the request; else 400, as OpenAI answers.</summary>
    private static int RefusalStatus(FailureKind kind, int status) =>
        kind is FailureKind.RequestRejected or FailureKind.NotExpressible && status is 404 or 409 or 413 or 414 or 415 or 422 && !(kind == FailureKind.NotExpressible && status == 404)
            ? status
            : BadRequest;

    private static string DetailOf(FailureKind kind, int status) => kind switch
    {
        FailureKind.QuotaExhausted => "The provider's quota or credit is used up.",
        FailureKind.CredentialRefused => "The provider refused the router's credential.",
        FailureKind.DeploymentNotFound => "The provider does not know the deployment, or no longer serves it.",
        FailureKind.ContentFiltered => "The provider's content filter refused the request.",
        FailureKind.ContextLengthExceeded => "The prompt is longer than the model's context window.",
        FailureKind.NotExpressible => "The deployment cannot take this request; others may.",
        FailureKind.RateLimited => "The provider's rate limit is reached.",
        FailureKind.Overloaded => "The provider is overloaded.",
        FailureKind.ServerError => $"The provider answered {status}, and says that its server failed.",
        _ => $"The provider refused the request with {status}.",
    };

    /// <summary>The status that an error without one stands for.</summary>
    private static int StatusOf(VendorError error) =>
        error.Says("invalidrequesterror") || error.Says("badrequesterror") || error.Says("invalidargument") ? BadRequest : 500;

    private static byte[] RefusalBody(VendorError error, FailureKind kind, ReadOnlyMemory<byte> body)
    {
        if (error.IsOpenAI && (WireCode(kind) ?? error.Code) == error.Code && body.Length > 0)
            return body.ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("message", error.Message is { Length: > 0 } message ? message : "The provider refused the request.");
            writer.WriteString("type", error.Type ?? "invalid_request_error");
            writer.WriteString("param", error.Param);
            writer.WriteString("code", WireCode(kind) ?? error.Code);
            WriteRaw(writer, "innererror", error.InnerJson);
            WriteRaw(writer, "metadata", error.MetadataJson);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, string? json)
    {
        if (json is null or { Length: > MaxMetadataCharacters })
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(json);
    }

    /// <summary>What clients look for in <c>error.code</c>, whatever the vendor calls it.</summary>
    private static string? WireCode(FailureKind kind) => kind switch
    {
        FailureKind.ContextLengthExceeded => "context_length_exceeded",
        FailureKind.ContentFiltered => "content_filter",
        _ => null,
    };
}

/// <summary>What an error's status means where its words say nothing: a 4xx is the caller's fault only where it is known to be.</summary>
internal static class StatusMeaning
{
    /// <summary>The kind, and what happened in the router's words.</summary>
    /// <param name="status">Any number may come, also one that is no HTTP status.</param>
    /// <param name="isPage">The body is a page: not the vendor's API answered, but what stands in front of it.</param>
    public static (FailureKind Kind, string Detail) Of(int status, bool isPage) => status switch
    {
        400 or 422 => (FailureKind.RequestRejected, $"The provider refused the request with {status}."),
        401 => (FailureKind.CredentialRefused, "The provider refused the router's credential."),
        402 => (FailureKind.QuotaExhausted, "The provider's quota or credit is used up."),
        // Firewalls look at what is sent: were it held against the credential, one caller's prompt could take the deployment out for all.
        403 when isPage => (FailureKind.ServerError, "A page answered 403 in place of the provider: a firewall in front of it did not let the request pass."),
        403 => (FailureKind.CredentialRefused, "The router's credential may not use the deployment."),
        404 => (FailureKind.DeploymentNotFound, "The provider does not know the deployment."),
        405 => (FailureKind.DeploymentNotFound, "The provider answered 405: its endpoint is no address of chat completions."),
        407 => (FailureKind.CredentialRefused, "A proxy before the provider demands a credential."),
        410 => (FailureKind.DeploymentNotFound, "The provider answered 410: it no longer serves the deployment."),
        413 => (FailureKind.NotExpressible, "The request is larger than the provider takes."),
        420 or 429 => (FailureKind.RateLimited, "The provider's rate limit is reached."),
        529 => (FailureKind.Overloaded, "The provider is overloaded."),
        >= 300 and < 400 => (FailureKind.DeploymentNotFound, $"The provider answered {status}, a redirect; its endpoint is configured wrongly."),
        >= 400 and < 500 => (FailureKind.ServerError, $"The provider answered {status}, which says nothing against the request."),
        >= 500 and < 600 => (FailureKind.ServerError, $"The provider answered {status}."),
        _ => (FailureKind.ServerError, $"The provider answered {status}, which is no final status of HTTP."),
    };

    /// <summary>
    /// What a 400 means behind which another provider's error is passed on in words that are not known: it may be a refusal, so the caller is told if no other deployment can take
    /// the request, but is not known to be the request's fault, so others are asked.
    /// </summary>
    public static (FailureKind Kind, string Detail) OfPassedOn(VendorError error) => error.PassedOnStatus switch
    {
        429 => (FailureKind.RateLimited, "The rate limit of a provider behind this one is reached."),
        401 or 402 or 403 or >= 500 => (FailureKind.ServerError, $"A provider behind this one answered {error.PassedOnStatus}."),
        null when !error.Texts.Any(static text => text.Contains(' ', StringComparison.Ordinal) && !text.Equals(VendorErrorReader.PassedOn, StringComparison.OrdinalIgnoreCase)) =>
            (FailureKind.ServerError, "A provider behind this one failed without a reason."),
        _ => (FailureKind.NotExpressible, "A provider behind this one refused the request; others may take it."),
    };
}
