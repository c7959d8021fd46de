using ServerlessRouter.Errors;
using ServerlessRouter.Http;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class NoSuchUrlTests
{
    [Theory]
    [InlineData("/v1/responses/compact", "does not offer compacting conversations")]
    [InlineData("/v1/responses/input_tokens", "does not offer counting the tokens of a response")]
    [InlineData("/v1/messages/batches", "does not offer Anthropic's Message Batches")]
    [InlineData("/v1/completions", "does not offer completions of plain text")]
    [InlineData("/v1/chat/completions/chatcmpl-1", "does not offer stored completions")]
    [InlineData("/v1/audio/transcriptions", "does not offer speech and transcriptions")]
    [InlineData("/v1/images/generations", "does not offer making and editing images")]
    [InlineData("/V1/Images/edits/", "does not offer making and editing images")]
    [InlineData("/v1/moderations", "does not offer moderations")]
    [InlineData("/v1/fine_tuning/jobs", "does not offer fine-tuning")]
    [InlineData("/openai/v1/responses/compact", "does not offer compacting conversations")]
    [InlineData("/api/chat", "does not offer Ollama's own API")]
    [InlineData("/api/tags", "does not offer Ollama's own API")]
    [InlineData("/v1beta/models/gemini-2.5-pro:generateContent", "does not offer Gemini's own API")]
    public void Explain_AnApiThatIsKnownElsewhere_SaysThatItIsNotOfferedAndWhatToDo(string path, string expected)
    {
        var error = NoSuchUrl.Explain(path);

        Assert.Equal(RouterErrorCode.NotFound, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("base URL", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/v1/chat/completions", "has /v1 twice. Take it out of the client's base URL")]
    [InlineData("/v1/chat/completions/chat/completions", "has the path twice. The client's base URL ends in /v1")]
    public void Explain_ABaseUrlThatHasTooMuch_SaysWhatToTakeOut(string path, string expected)
    {
        var error = NoSuchUrl.Explain(path);

        Assert.Equal(RouterErrorCode.NotFound, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/chat/completions")]
    [InlineData("/api/v1/chat/completions")]
    [InlineData("/v1/imagesque")]
    [InlineData("/v1/")]
    [InlineData("/openai/deployments/")]
    [InlineData("/openai/deployments/x")]
    public void Explain_NoApiThereIs_SaysWhereChatIs(string path)
    {
        var error = NoSuchUrl.Explain(path);

        Assert.Equal($"There is no URL {path}. Chat is at POST /v1/chat/completions; most clients take a base URL that ends in /v1.", error.Message);
    }

    [Fact]
    public void Explain_APathWithoutEnd_IsQuotedInPart() => Assert.True(NoSuchUrl.Explain("/" + new string('a', 5000)).Message.Length < 400);
}
