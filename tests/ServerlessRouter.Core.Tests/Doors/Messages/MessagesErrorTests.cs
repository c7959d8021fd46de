using System.Buffers;
using System.Text;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Errors as Anthropic's clients get them.</summary>
public sealed class MessagesErrorTests
{
    [Theory]
    [InlineData(RouterErrorCode.InvalidRequest, 400, "invalid_request_error")]
    [InlineData(RouterErrorCode.InvalidApiKey, 401, "authentication_error")]
    [InlineData(RouterErrorCode.PermissionDenied, 403, "permission_error")]
    [InlineData(RouterErrorCode.RegionRestricted, 403, "permission_error")]
    [InlineData(RouterErrorCode.ModelNotFound, 404, "not_found_error")]
    [InlineData(RouterErrorCode.ConstraintFiltered, 404, "not_found_error")]
    [InlineData(RouterErrorCode.PayloadTooLarge, 413, "request_too_large")]
    [InlineData(RouterErrorCode.RateLimitExceeded, 429, "rate_limit_error")]
    [InlineData(RouterErrorCode.InsufficientQuota, 429, "rate_limit_error")]
    [InlineData(RouterErrorCode.CapacityExhausted, 529, "overloaded_error")]
    [InlineData(RouterErrorCode.TemporarilyUnavailable, 529, "overloaded_error")]
    [InlineData(RouterErrorCode.UpstreamError, 500, "api_error")]
    [InlineData(RouterErrorCode.Internal, 500, "api_error")]
    [InlineData(RouterErrorCode.Timeout, 504, "timeout_error")]
    public void Write_Code_HasItsStatusAndType(RouterErrorCode code, int status, string type)
    {
        var error = new RouterError(code, "Why.");

        Assert.Equal(status, MessagesDoor.Instance.StatusOf(error));
        Assert.Equal($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"Why."},"request_id":"req_1"}""", Write(error));
    }

    [Fact]
    public void Write_LongPrompt_SaysSoInTheWordsThatAgentsKnow()
    {
        Assert.Contains("\"message\":\"prompt is too long: 9 tokens.\"", Write(new RouterError(RouterErrorCode.ContextLengthExceeded, "9 tokens.")), StringComparison.Ordinal);
        Assert.Contains("\"message\":\"Prompt is too long, by far\"", Write(new RouterError(RouterErrorCode.ContextLengthExceeded, "Prompt is too long, by far")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Bad tool.","type":"invalid_request_error","code":null}}""", "Bad tool.")]
    [InlineData("""{"error":{"message":"Max 8192.","code":"context_length_exceeded"}}""", "prompt is too long: Max 8192.")]
    [InlineData("""{"message":"Bad."}""", "Bad.")]
    [InlineData("""{"error":"Bad."}""", "Bad.")]
    [InlineData("""{"error":""", "Why.")]
    [InlineData("[]", "Why.")]
    public void Write_VendorsRefusal_KeepsItsStatusAndMessage(string body, string message)
    {
        var error = new RouterError(RouterErrorCode.UpstreamRejected, "Why.") { Refusal = new UpstreamRefusal(422, Encoding.UTF8.GetBytes(body)) };

        Assert.Equal(422, MessagesDoor.Instance.StatusOf(error));
        Assert.Contains($$"""{"type":"invalid_request_error","message":"{{message}}"}""", Write(error), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteEvents_Error_IsOneEvent()
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesDoor.Instance.WriteErrorEvents(new RouterError(RouterErrorCode.Internal, "Why."), "r", output);

        Assert.Equal("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"Why.\"},\"request_id\":\"r\"}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("messages[3].content[1]", "messages")]
    [InlineData("tools[2].function.parameters", "tools.2.input_schema")]
    [InlineData("tools[2].type", "tools.2.type")]
    [InlineData("stop", "stop_sequences")]
    [InlineData("user", "metadata.user_id")]
    [InlineData("response_format.json_schema.schema", "output_config.format")]
    [InlineData("temperature", "temperature")]
    [InlineData(null, null)]
    public void InOwnWords_Param_IsNamedAsTheCallerDoes(string? param, string? expected) =>
        Assert.Equal(expected, MessagesDoor.Instance.InOwnWords(RouterError.InvalidRequest("x", param)).Param);

    private static string Write(RouterError error)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesDoor.Instance.WriteError(error, "req_1", output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
