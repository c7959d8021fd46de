using System.Buffers;
using System.Text;
using ServerlessRouter.Caching;
using ServerlessRouter.Chat;
using ServerlessRouter.Providers.OpenAI;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>What the cache may keep without reading it again, and what it must look at more closely.</summary>
public sealed class UsualAnswerTests
{
    [Theory]
    [InlineData("""{"id":"a","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],"created":1764547200,"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""")]
    [InlineData("""{"created":17,"choices": [ {"finish_reason": "length", "message": {"content": "Y", "refusal": null}, "index": 0, "logprobs": {"content": []}} ], "x": [1], "id": "b\u0020" } """)]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"\ud83d\ude00"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"id":7,"created":"now","choices":[{"index":0,"message":{"content":"A","reasoning_content":"B"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":[{"type":"text","text":"A"}]},"finish_reason":"stop"}]}""")]
    [InlineData("""{"id":"a","choices":[{"message":{"content":"It has no index, and is given one."},"finish_reason":"stop"}]}""")]
    public void OneChoiceWithAText_IsUsual_AndTellsWhereItsIdAndItsTimeStand(string body)
    {
        using var answer = Read(body);

        Assert.Equal(AnswerMarks.OfBody(answer.Body.Span), AnswerMarks.Of(answer.Usual!.Value));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"","reasoning_content":"B"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A"},"finish_reason":"content_filter"}]}""")]
    [InlineData("""{"choices":[{"index":1,"message":{"content":"A"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A"},"finish_reason":"stop"},{"index":1,"message":{"content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A"},"finish_reason":"stop","finish\u005freason":"content_filter"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A","content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A"},"message":{"content":"B"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"A"},"finish_reason":"stop"}],"choices":[]}""")]
    [InlineData("""{"id":"a","id":"b","choices":[{"index":0,"message":{"content":"A"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"created":1,"created":2,"choices":[{"index":0,"message":{"content":"A"},"finish_reason":"stop"}]}""")]
    public void AnythingElse_IsLookedAtMoreClosely(string body)
    {
        using var answer = Read(body);

        Assert.Null(answer.Usual);
    }

    /// <summary>Another text is no longer what was looked at.</summary>
    [Fact]
    public void AnAnswerThatIsChanged_IsLookedAtAgain()
    {
        using var answer = Read("""{"id":"a","choices":[{"index":0,"message":{"content":"Yes."},"finish_reason":"stop"}]}""");

        using var changed = answer.WithString(new(6, 3), "longer"u8);

        Assert.Null(changed.Usual);
    }

    private static ChatAnswer Read(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length + 1);
        bytes.CopyTo(pooled, 0);
        return Assert.IsType<ChatAnswer>(OpenAIAnswer.Read(pooled, bytes.Length).Answer);
    }
}
