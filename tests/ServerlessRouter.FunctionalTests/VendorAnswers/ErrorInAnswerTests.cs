using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>An error behind a 200 is an error, whatever its form, before content and behind it; a member that says nothing is none.</summary>
public sealed class ErrorInAnswerTests : AnswerTests
{
    private static readonly string[] Errors =
    [
        """{"error":{"message":"Out of memory","type":"server_error","code":"internal"}}""",
        """{"error":"Out of memory"}""",
        """{"error":true,"message":"Out of memory"}""",
        """{"error":{"code":500}}""",
        """{"object":"error","message":"Out of memory","type":"InternalServerError","code":500}""",
        """{"type":"error","error":{"type":"api_error","message":"Out of memory"}}""",
        """{"type":"error"}""",
        """{"detail":"Out of memory"}""",
        """{"detail":[{"loc":["body"],"msg":"Out of memory"}]}""",
        """{"code":500,"message":"Out of memory"}""",
        """{"code":500,"msg":"Out of memory","success":false}""",
        """{"errors":[{"message":"Out of memory"}]}""",
        """{"error_code":18,"error_msg":"Out of memory"}""",
        """{"choices":null,"base_resp":{"status_code":1000,"status_msg":"Out of memory"}}""",
        """{"choices":[],"status":"error"}""",
        """{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}],"error":{"message":"Out of memory"}}""",
        """{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null,"error":{"code":502,"message":"Out of memory"}}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"error"}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"abort"}]}""",
        """{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"insufficient_system_resource"}]}""",
        """{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"network_error"}]}""",
    ];

    public static TheoryData<string> Shapes => [.. Errors];

    [Theory, MemberData(nameof(Shapes))]
    public async Task Chat_ErrorBehindContent_IsToldInBand(string error)
    {
        var answer = await AskAsync(Body(Events(Text("Half"), error, "[DONE]")), ChatBodies.Streamed());

        Assert.Equal("Half", answer.Text);
        Assert.False(answer.IsWhole);
        Assert.Equal("upstream_error", answer.ErrorCode);
        Assert.DoesNotContain("memory", answer.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task Chat_ErrorBeforeContent_IsAFailureBothWays(string error)
    {
        var streamed = await AskAsync(Body(Events(error, "[DONE]")), ChatBodies.Streamed());
        var plain = await AskAsync(Body(error.Replace("\"delta\"", "\"message\"", StringComparison.Ordinal), JsonType), ChatBodies.Plain());

        Assert.Equal((502, "upstream_error"), ((int)streamed.Status, streamed.ErrorCode));
        Assert.Equal((502, "upstream_error"), ((int)plain.Status, plain.ErrorCode));
    }

    [Theory]
    [InlineData("""{"object":"error","message":"CUDA out of memory"}""")]
    [InlineData("""{"reason":"out of memory"}""")]
    [InlineData("out of memory")]
    [InlineData("")]
    public async Task Chat_EventNamedError_IsAnErrorWhateverItsData(string data)
    {
        var answer = await AskAsync(Body($"{Events(Text("Half"))}event: error\ndata: {data}\n\n{Events(Finish(), "[DONE]")}"), ChatBodies.Streamed());

        Assert.Equal("Half", answer.Text);
        Assert.False(answer.IsWhole);
        Assert.Equal("upstream_error", answer.ErrorCode);
    }

    [Theory]
    [InlineData("Half", 200)]
    [InlineData("", 502)]
    public async Task Chat_LineThatIsAnError_IsAnErrorThoughDoneFollows(string text, int status)
    {
        var answer = await AskAsync(Body($"{Events(Text(text))}error: {{\"code\":500,\"message\":\"boom\",\"type\":\"server_error\"}}\n\n{Events("[DONE]")}"), ChatBodies.Streamed());

        Assert.Equal(status, (int)answer.Status);
        Assert.False(answer.IsWhole);
        Assert.Equal("upstream_error", answer.ErrorCode);
    }

    [Theory]
    [InlineData("null"), InlineData("{}"), InlineData("\"\""), InlineData("false"), InlineData("[]"), InlineData("0")]
    [InlineData("""{"code":0,"message":""}"""), InlineData("""{"message":null,"details":[]}""")]
    public async Task Chat_ErrorThatSaysNothing_IsNone(string error)
    {
        var more = $",\"error\":{error}";

        var streamed = await AskAsync(Body(Events(Text("Fine.", more: more), Finish(more: more), "[DONE]")), ChatBodies.Streamed());
        var plain = await AskAsync(Body(Message("""{"role":"assistant","content":"Fine."}""", more: more), JsonType), ChatBodies.Plain());

        Assert.True(streamed.IsWhole);
        Assert.Equal(("Fine.", "Fine."), (streamed.Text, plain.Text));
    }
}
