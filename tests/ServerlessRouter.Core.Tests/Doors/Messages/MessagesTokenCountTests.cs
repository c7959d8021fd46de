using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;
using ServerlessRouter.Doors.Messages;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Counting the tokens of a request.</summary>
public sealed class MessagesTokenCountTests
{
    private const string Short = """{"model":"m","system":"You are brief.","messages":[{"role":"user","content":"What is the capital of France?"}]}""";

    [Fact]
    public void TryCount_Request_IsEstimatedWithSystemAndTools()
    {
        var count = Count(Short);
        var withTools = Count(Short.Replace("{\"model\"", "{\"tools\":[{\"name\":\"t\",\"description\":\"Reads a file and gives its text.\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}}],\"model\"", StringComparison.Ordinal));

        Assert.InRange(count.Tokens, 18, 26);
        Assert.Equal("estimate", count.Accuracy);
        Assert.InRange(withTools.Tokens, count.Tokens + 20, count.Tokens + 60);
        Assert.InRange(Count(AgentConversation.Request).Tokens, 1000, 1600);
    }

    [Fact]
    public void TryCount_LongText_IsReadWhole()
    {
        var text = string.Join(' ', Enumerable.Range(0, 20_000).Select(static number => number % 50 == 0 ? "\\n日本語" : "word"));
        var tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");
        var exact = tokenizer.CountTokens(text.Replace("\\n", "\n", StringComparison.Ordinal));

        Assert.InRange(Count($$"""{"model":"m","messages":[{"role":"user","content":"{{text}}"}]}""").Tokens, exact * 9 / 10, exact * 11 / 10);
    }

    [Fact]
    public void TryCount_TextsWithATokenizer_AreExact()
    {
        var tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");
        Func<ReadOnlyMemory<byte>, int?> tokens = text => tokenizer.CountTokens(Encoding.UTF8.GetString(text.Span));

        Assert.True(MessagesTokenCount.TryCount(Encoding.UTF8.GetBytes(Short), tokens, out var count, out _));
        Assert.Equal(new TokenCount(3 + 4 + 4 + tokenizer.CountTokens("You are brief.") + tokenizer.CountTokens("What is the capital of France?"), true), count);
        Assert.True(MessagesTokenCount.TryCount(Encoding.UTF8.GetBytes(AgentConversation.Request), tokens, out var ofTools, out _));
        Assert.Equal("estimate", ofTools.Accuracy);
        Assert.True(MessagesTokenCount.TryCount(Encoding.UTF8.GetBytes(Short), static _ => null, out var uncounted, out _));
        Assert.Equal("estimate", uncounted.Accuracy);
    }

    [Fact]
    public void TryCount_UnreadableRequest_IsAnError()
    {
        Assert.False(MessagesTokenCount.TryCount("{\"model\":\"m\"}"u8.ToArray(), null, out _, out var error));
        Assert.Equal("messages: Field required", error.Message);
    }

    [Fact]
    public void Write_Count_IsAnthropicsAnswer()
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesTokenCount.Write(new TokenCount(7, false), output);

        Assert.Equal("{\"input_tokens\":7}", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static TokenCount Count(string request)
    {
        Assert.True(MessagesTokenCount.TryCount(Encoding.UTF8.GetBytes(request), null, out var count, out var error), error?.Message);
        return count;
    }
}
