using System.Text;
using ServerlessRouter.Caching;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>What the cache may keep without taking it apart, and what it must look at more closely.</summary>
public sealed class UsualAnswerTests
{
    [Theory]
    [InlineData("""{"id":"a","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],"usage":{}}""")]
    [InlineData("""{"choices": [ {"finish_reason": "length", "message": {"content": "Y", "refusal": null}, "logprobs": {"content": []}} ], "x": [1]} """)]
    [InlineData("""{"choices":[{"message":{"content":"\ud83d\ude00"},"finish_reason":"stop"}]}""")]
    public void OneChoiceWithAText_IsUsual(string body) => Assert.True(UsualAnswer.IsWhole(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"id":"a"}""")]
    [InlineData("""{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"tool_calls"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"content_filter"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"error"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"}}]}""")]
    [InlineData("""{"choices":[{"index":1,"message":{"content":"A"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop"},{"message":{"content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop","finish_reason":"error"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop","finish\u005freason":"error"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A","content":""},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop"}],"choices":[]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop"}]} x""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"stop"}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void AnythingElse_IsLookedAtMoreClosely(string body) => Assert.False(UsualAnswer.IsWhole(Encoding.UTF8.GetBytes(body)));
}
