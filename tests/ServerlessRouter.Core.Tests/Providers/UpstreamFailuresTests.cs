using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers;
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
    [InlineData(418, "short and stout", FailureKind.RequestRejected)]
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
    public void OfStatus_RateLimited_ReadsHowLongToWait(string header, string value, double? seconds)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(header, value);

        var failure = UpstreamFailures.OfStatus(429, response.Headers, default, null, Now);

        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    private static AttemptFailure Classify(int status, string body)
    {
        using var response = new HttpResponseMessage();
        return UpstreamFailures.OfStatus(status, response.Headers, Encoding.UTF8.GetBytes(body), null, Now);
    }
}
