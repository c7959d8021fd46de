using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>An answer beyond <c>server.maxAnswerMebibytes</c> is a clear failure that is asked for once and billed; below it, and streamed, any length passes.</summary>
public sealed class LargeAnswerTests : AnswerTests
{
    private const int Mebibyte = 1024 * 1024;
    private const string Usage = ""","usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}""";

    private protected override RouterFile Configure(RouterFile file) => file.Server("""{ "maxAnswerMebibytes": 1 }""");

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_WholeAnswerBeyondTheBound_FailsOnceAndIsBilled(bool stream)
    {
        var reply = Body(Message(Content(2 * Mebibyte), more: Usage), JsonType);
        var answer = await AskAsync(reply, ChatBodies.For(stream));

        Assert.Equal((502, "upstream_error"), ((int)answer.Status, answer.ErrorCode));
        Assert.Contains("server.maxAnswerMebibytes", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Single(Vendor.Books.Requests);
        Assert.Equal(("answer_too_large", (100m + 40m) / 1_000_000m), await FirstAttemptAsync(reply, stream));
    }

    [Fact]
    public async Task Chat_StreamToAPlainRequestBeyondTheBound_Fails()
    {
        var piece = Text(new string('x', Mebibyte / 4));

        var answer = await AskAsync(Body(Events(piece, piece, piece, piece, piece, Finish(), "[DONE]")), ChatBodies.Plain());

        Assert.Contains("server.maxAnswerMebibytes", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_EventBeyondTheBound_IsACut()
    {
        var answer = await AskAsync(Body(Events(Text("Hi"), Text(new string('x', 2 * Mebibyte)), Finish(), "[DONE]")), ChatBodies.Streamed());

        Assert.Equal(("Hi", "upstream_error"), (answer.Text, answer.ErrorCode));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnswerBelowTheBound_Passes(bool stream)
    {
        var text = new string('x', Mebibyte - 4096);

        var answer = await AskAsync(Reply.Stream(text), ChatBodies.For(stream));

        Assert.Equal(text.Length, answer.Text.Length);
    }

    [Fact]
    public async Task Chat_StreamBeyondTheBound_Passes()
    {
        var answer = await AskAsync(Reply.Stream([.. Enumerable.Repeat(new string('x', Mebibyte / 4), 12)]), ChatBodies.Streamed());

        Assert.True(answer.IsWhole);
        Assert.Equal(3 * Mebibyte, answer.Text.Length);
    }

    private static string Content(int length) => $$"""{"role":"assistant","content":"{{new string('x', length)}}"}""";
}
