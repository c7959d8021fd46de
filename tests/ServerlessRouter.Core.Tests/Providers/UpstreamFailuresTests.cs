using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class UpstreamFailuresTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // OpenAI
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 128000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""")]
    // vLLM
    [InlineData(400, """{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}""")]
    // llama.cpp
    [InlineData(400, """{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}""")]
    // Gemini's compatible endpoint
    [InlineData(400, """[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]""")]
    // Anthropic
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 198000 + 8192 > 200000"}}""")]
    // Mistral
    [InlineData(400, """{"object":"error","message":"Prompt contains 40000 tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":null}""")]
    public void OfStatus_PromptTooLong_IsContextLengthExceededInOpenAIsSchema(int status, string body)
    {
        var failure = Classify(status, body);

        Assert.Equal(FailureKind.ContextLengthExceeded, failure.Kind);
        var error = JsonNode.Parse(failure.Refusal!.Body.Span)!["error"]!;
        Assert.Equal("context_length_exceeded", (string?)error["code"]);
        Assert.NotEmpty((string)error["message"]!);
    }

    [Theory]
    [InlineData(429, """{"error":{"message":"slow down","type":"tokens","code":"rate_limit_exceeded"}}""", FailureKind.RateLimited)]
    [InlineData(429, """{"error":{"code":"429","message":"Requests have exceeded the token rate limit of your current OpenAI S0 pricing tier."}}""", FailureKind.RateLimited)]
    [InlineData(429, """{"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}}""", FailureKind.QuotaExhausted)]
    [InlineData(429, "", FailureKind.RateLimited)]
    [InlineData(402, """{"error":{"message":"Insufficient Balance"}}""", FailureKind.QuotaExhausted)]
    [InlineData(403, """{"error":{"message":"openai/x requires moderation. Your input was flagged","code":403}}""", FailureKind.ContentFiltered)]
    [InlineData(400, """{"error":{"message":"x","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", FailureKind.ContentFiltered)]
    [InlineData(400, """{"error":{"message":"decommissioned","code":"model_decommissioned"}}""", FailureKind.DeploymentNotFound)]
    [InlineData(503, """{"error":{"message":"The model is overloaded. Please try again later."}}""", FailureKind.Overloaded)]
    [InlineData(503, "<html>", FailureKind.ServerError)]
    [InlineData(425, "", FailureKind.ServerError)]
    [InlineData(418, "short and stout", FailureKind.ServerError)]
    [InlineData(42, "", FailureKind.ServerError)]
    [InlineData(101, "", FailureKind.ServerError)]
    public void OfStatus_Any_IsOneKind(int status, string body, FailureKind expected) => Assert.Equal(expected, Classify(status, body).Kind);

    [Fact]
    public void OfStatus_RejectedInOpenAIsSchema_PassesTheBytes()
    {
        const string Body = """{"error":{"message":"no","type":"invalid_request_error","param":"x","code":"odd","extra":1}}""";

        Assert.Equal(Body, Encoding.UTF8.GetString(Classify(400, Body).Refusal!.Body.Span));
    }

    [Theory]
    [InlineData("""{"error":{"message":"no","code":400}}""", "no", "400")]
    [InlineData("""{"error":"model is required"}""", "model is required", null)]
    [InlineData("""{"detail":"bad field"}""", "bad field", null)]
    [InlineData("plain words", "plain words", null)]
    [InlineData("<html>secret page</html>", "The provider refused the request.", null)]
    public void OfStatus_RejectedInAnotherSchema_IsTranslated(string body, string message, string? code)
    {
        var error = JsonNode.Parse(Classify(400, body).Refusal!.Body.Span)!["error"]!;

        Assert.Equal(message, (string?)error["message"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal("invalid_request_error", (string?)error["type"]);
    }

    [Theory]
    [InlineData("Retry-After", "20", 20d)]
    [InlineData("Retry-After", "0.5", 0.5)]
    [InlineData("Retry-After", "Thu, 01 Jan 2026 00:01:30 GMT", 90d)]
    [InlineData("Retry-After", "Wed, 31 Dec 2025 00:00:00 GMT", 0d)]
    [InlineData("Retry-After", "-3", 0d)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("x-other", "1", null)]
    [InlineData("Retry-After", "whenever", null)]
    [InlineData("Retry-After", "", null)]
    [InlineData("Retry-After", "NaN", null)]
    [InlineData("Retry-After", "Infinity", null)]
    [InlineData("Retry-After", "-Infinity", null)]
    [InlineData("Retry-After", "1e309", null)]
    [InlineData("Retry-After", "5, 10", null)]
    [InlineData("Retry-After", "99999999999", 86_400d)]
    [InlineData("Retry-After", "1m30s", 90d)]
    [InlineData("Retry-After", "2026-01-01T00:00:30Z", 30d)]
    [InlineData("Retry-After", "Thursday, 01-Jan-26 00:00:20 GMT", 20d)]
    [InlineData("Retry-After", "Thu Jan  1 00:00:10 2026", 10d)]
    [InlineData("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT", 86_400d)]
    [InlineData("Retry-After", "1767225660", 60d)]
    [InlineData("retry-after-ms", "NaN", null)]
    [InlineData("retry-after-ms", "-1", 0d)]
    [InlineData("retry-after-ms", "1e999", null)]
    [InlineData("x-ratelimit-reset", "1767225620000", 20d)]
    [InlineData("x-ratelimit-reset-after", "2.5", 2.5)]
    [InlineData("ratelimit-reset", "7", 7d)]
    public void OfStatus_RateLimited_ReadsHowLongToWait(string header, string value, double? seconds)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(header, value);

        var failure = UpstreamFailures.OfStatus(429, response.Headers, default, null, Now);

        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("""[{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3.5s"}]}}]""", 3.5)]
    [InlineData("""{"error":{"code":429,"details":[{"retryDelay":{"seconds":"4","nanos":0}}]}}""", 4d)]
    [InlineData("""{"error":{"message":"Rate limit reached. Please try again in 1m2.5s. Visit us"}}""", 62.5)]
    [InlineData("""{"error":{"message":"Rate limit reached. Please try again in 6m0s."}}""", 360d)]
    [InlineData("""{"error":{"message":"Please try again in 20ms."}}""", 0.02)]
    [InlineData("""{"error":{"message":"Please retry after 6 seconds."}}""", 6d)]
    [InlineData("""{"error":{"message":"Please retry in 38.5s."}}""", 38.5)]
    [InlineData("""{"error":{"message":"please try again after 1 seconds"}}""", 1d)]
    [InlineData("""{"error":{"message":"Try again in 2 minutes and call us"}}""", 120d)]
    [InlineData("""{"error":{"message":"You will regain access on 2026-01-01 at 01:00 UTC."}}""", 3600d)]
    [InlineData("""{"error":{"message":"Limit reached, try again at 2026-01-01 01:00 UTC."}}""", 3600d)]
    [InlineData("""{"error":{"message":"The limit resets in 30 seconds."}}""", 30d)]
    [InlineData("""{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 00:03:21."}""", 201d)]
    [InlineData("""{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 5.03:23:11."}""", 86_400d)]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"x","resets_in_seconds":90}}""", 90d)]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"x","resets_at":1767225660}}""", 60d)]
    [InlineData("""{"error":{"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1767225630000"}}}}""", 30d)]
    [InlineData("""{"error":"Model is currently loading","estimated_time":20.0}""", 20d)]
    [InlineData("""{"message":"slow","retry_after":2}""", 2d)]
    [InlineData("""{"message":"slow","retry_after_ms":1500}""", 1.5)]
    [InlineData("""{"error":{"message":"Please try again in 99999999999999999999999h"}}""", 86_400d)]
    [InlineData("""{"error":{"details":[{"retryDelay":"NaN"}]}}""", null)]
    [InlineData("""{"error":{"details":[{"retryDelay":"-5s"}]}}""", null)]
    [InlineData("""{"error":{"message":"You may try again later"}}""", null)]
    public void OfStatus_RateLimited_ReadsHowLongToWaitInTheError(string body, double? seconds)
    {
        using var response = new HttpResponseMessage();

        Assert.Equal(seconds, UpstreamFailures.OfStatus(429, response.Headers, Encoding.UTF8.GetBytes(body), null, Now).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public void OfStatus_403ThatSpeaksOfRates_IsALimitForAsLongAsTheVendorAsks()
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", "60");
        using var counted = new HttpResponseMessage();
        counted.Headers.TryAddWithoutValidation("x-ratelimit-reset", "1767225690");
        var body = """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}"""u8.ToArray();

        var told = UpstreamFailures.OfStatus(403, response.Headers, body, null, Now);
        var reset = UpstreamFailures.OfStatus(403, counted.Headers, body, null, Now);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromSeconds(60)), (told.Kind, told.RetryAfter));
        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromSeconds(90)), (reset.Kind, reset.RetryAfter));
    }

    [Fact]
    public void OfErrorInside_RateLimited_ReadsHowLongToWait() => Assert.Equal(
        TimeSpan.FromSeconds(1.8), UpstreamFailures.OfErrorInside(VendorError.Read("""{"error":{"message":"Please try again in 1.8s.","code":"rate_limit_exceeded"}}"""u8.ToArray())).RetryAfter);

    [Theory]
    [InlineData("""{"error":{"error":{"message":"inner","code":"odd"}}}""", "inner", "odd")]
    [InlineData("""{"errors":[{"code":1000,"message":"first"},{"message":"second"}],"success":false}""", "first", "1000")]
    [InlineData("""{"error":["one","two"]}""", "one", null)]
    [InlineData("""{"detail":[{"loc":["body","messages",0],"msg":"field required","type":"missing","input":{"content":"secret"}}]}""", "body.messages.0: field required", null)]
    [InlineData("""{"statusCode":400,"error":"Bad Request","message":"too hot"}""", "too hot", null)]
    [InlineData("""{"title":"Bad","status":400,"detail":"too hot"}""", "too hot", null)]
    [InlineData("""{"code":400,"msg":"busy","success":false}""", "busy", "400")]
    [InlineData("""{"fault":{"faultstring":"Bad","detail":{"errorcode":"steps.json"}}}""", "Bad", "steps.json")]
    [InlineData("""{"error_code":336003,"error_msg":"bad role"}""", "bad role", "336003")]
    [InlineData("\uFEFF{\"error\":{\"message\":\"marked\"}}", "marked", null)]
    [InlineData("""{"error":{"message":"half \ud83d emoji"}}""", "half \\ud83d emoji", null)]
    [InlineData("\"only a text\"", "only a text", null)]
    [InlineData("""{"error":{"message":{"detail":[{"loc":["body","x"],"msg":"Extra inputs are not permitted"}]}}}""", "body.x: Extra inputs are not permitted", null)]
    [InlineData("""{"error":{"message":"cut sho""", "The provider refused the request.", null)]
    [InlineData("""{"error":true}""", "The provider refused the request.", null)]
    [InlineData("""[]""", "The provider refused the request.", null)]
    public void OfStatus_ErrorInAnyShape_IsToldInOpenAIsSchema(string body, string message, string? code)
    {
        var refusal = Classify(400, body).Refusal!;

        var error = JsonNode.Parse(refusal.Body.Span)!["error"]!;
        Assert.Equal((message, code), ((string?)error["message"], (string?)error["code"]));
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(refusal.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void OfStatus_OpenRoutersError_TellsTheReasonAndNotWhoPays()
    {
        var refusal = Classify(400, """
            {"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"One picture at most.\",\"type\":\"invalid_request_error\"}}","provider_name":"Crucible"}},"user_id":"user_1"}
            """).Refusal!;

        var error = JsonNode.Parse(refusal.Body.Span)!["error"]!;
        Assert.Equal("One picture at most.", (string?)error["message"]);
        Assert.Equal("Crucible", (string?)error["metadata"]!["provider_name"]);
        Assert.DoesNotContain("user_1", Encoding.UTF8.GetString(refusal.Body.Span), StringComparison.Ordinal);
    }

    private static AttemptFailure Classify(int status, string body)
    {
        using var response = new HttpResponseMessage();
        return UpstreamFailures.OfStatus(status, response.Headers, Encoding.UTF8.GetBytes(body), null, Now);
    }
}
